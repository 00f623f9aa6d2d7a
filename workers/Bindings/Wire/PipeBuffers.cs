namespace WorkerRpc.Bindings.Wire;

/// <summary>The buffer sizes of the in-memory pipes of <c>pipe</c> and its reference.</summary>
internal static class PipeBuffers
{
    /// <summary>
    /// The writer waits above this many unread bytes. The largest payload's frame fits, so that it is sent in one piece. The
    /// longest accepted frame is far larger, so that a slow reader slows the writer.
    /// </summary>
    public const int PauseBytes = 1 << 20;

    /// <summary>The size of a segment in bytes: far above a small frame, because reading across two segments is slower.</summary>
    public const int SegmentBytes = 32 * 1024;
}
