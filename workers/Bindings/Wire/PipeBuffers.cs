namespace WorkerRpc.Bindings.Wire;

/// <summary>The buffer sizes of the pipes in memory that <c>pipe</c> uses, and its reference row with it.</summary>
internal static class PipeBuffers
{
    /// <summary>
    /// The writer pauses above this. It exceeds the largest frame of the matrix, so that a frame crosses in one piece. It is far below
    /// the longest accepted frame, so that a slow reader slows the writer.
    /// </summary>
    public const int PauseBytes = 1 << 20;

    /// <summary>The size of a segment: far above a small frame, because reading is slower where a frame spans two segments.</summary>
    public const int SegmentBytes = 32 * 1024;
}
