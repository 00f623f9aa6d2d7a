namespace WorkerRpc.Benchmarks.Analysis.Noise;

/// <summary>How much other activity on the machine may have changed the figures. A greater value is worse.</summary>
internal enum NoiseGrade
{
    /// <summary>No watched quantity exceeds a limit.</summary>
    Quiet,

    /// <summary>Some quantity exceeds its lower limit: the slowest calls may be slower than on an idle machine.</summary>
    Noisy,

    /// <summary>Some quantity exceeds its upper limit: the p99 and comparisons with other files cannot be trusted.</summary>
    Disturbed,
}
