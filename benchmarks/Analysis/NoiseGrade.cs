namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>How far what else went on on the machine may have changed the figures. In the order of gravity.</summary>
internal enum NoiseGrade
{
    /// <summary>Nothing that was watched is beyond a limit.</summary>
    Quiet,

    /// <summary>The tail may be longer than it is alone.</summary>
    Noisy,

    /// <summary>p99 and comparisons with other files cannot be trusted.</summary>
    Disturbed,
}
