namespace WorkerRpc.Bindings.Wire;

/// <summary>The buffer sizes of the in-memory pipes. The method <c>pipe</c> and its reference use them.</summary>
internal static class PipeBuffers
{
    /// <summary>
    /// The number of unread bytes above which the writer waits. A frame with the largest payload has fewer bytes, so it is sent
    /// without a wait. The longest accepted frame has far more bytes, so its writer waits for a slow reader.
    /// </summary>
    public const int PauseBytes = 1 << 20;

    /// <summary>
    /// The size of a segment of the pipe, in bytes. It is far larger than a small frame, because reading a frame that spans two
    /// segments is slower.
    /// </summary>
    public const int SegmentBytes = 32 * 1024;
}
