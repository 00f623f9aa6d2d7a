using WorkerRpc.Benchmarks.Analysis.Comparing;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>What the program's exit code says. Where several hold: unusable, failed, beyond a threshold, not known.</summary>
internal enum ExitCode
{
    /// <summary>All is well.</summary>
    Fine = 0,

    /// <summary>A threshold is not held.</summary>
    BeyondThreshold = 1,

    /// <summary>The command or its input cannot be used.</summary>
    Unusable = 2,

    /// <summary>A case or a launch failed; all others are reported.</summary>
    Failed = 3,

    /// <summary>What was measured does not decide it.</summary>
    NotKnown = 4,

    /// <summary>The user interrupted it; what was finished is reported.</summary>
    Interrupted = 130,
}

/// <summary>The exit codes of what was analysed.</summary>
internal static class ExitCodes
{
    /// <summary>The exit code of a comparison.</summary>
    public static ExitCode ToExitCode(this ComparisonOutcome outcome) => outcome switch
    {
        ComparisonOutcome.Failed => ExitCode.Failed,
        ComparisonOutcome.Slower => ExitCode.BeyondThreshold,
        ComparisonOutcome.NotKnown => ExitCode.NotKnown,
        _ => ExitCode.Fine,
    };
}
