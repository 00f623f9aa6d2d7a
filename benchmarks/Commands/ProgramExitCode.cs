using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.History;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// The program's exit codes. If several apply, the first of this order is returned: unusable, failed, beyond a threshold, not known.
/// </summary>
internal enum ProgramExitCode
{
    /// <summary>The command succeeded, and all thresholds were met.</summary>
    Fine = 0,

    /// <summary>A threshold was missed, a case became slower, or the self-test failed.</summary>
    BeyondThreshold = 1,

    /// <summary>The arguments or the input files cannot be used.</summary>
    Unusable = 2,

    /// <summary>A case or a launch failed. The report contains all others.</summary>
    Failed = 3,

    /// <summary>The measurement was too short or too noisy for a verdict.</summary>
    NotKnown = 4,

    /// <summary>The user interrupted the program. The report contains the finished launches.</summary>
    Interrupted = 130,
}

/// <summary>Converts the outcomes of analyses to exit codes.</summary>
internal static class ExitCodes
{
    /// <summary>Returns the exit code that counts where two hold: unusable, failed, beyond a threshold, not known, fine.</summary>
    public static ProgramExitCode Before(this ProgramExitCode one, ProgramExitCode other)
    {
        ProgramExitCode[] order =
        [
            ProgramExitCode.Unusable, ProgramExitCode.Failed, ProgramExitCode.BeyondThreshold, ProgramExitCode.NotKnown,
            ProgramExitCode.Fine,
        ];
        return Array.IndexOf(order, one) < Array.IndexOf(order, other) ? one : other;
    }

    /// <summary>Returns the exit code for a comparison.</summary>
    public static ProgramExitCode ToExitCode(this ComparisonOutcome outcome) => outcome switch
    {
        ComparisonOutcome.Failed => ProgramExitCode.Failed,
        ComparisonOutcome.Slower => ProgramExitCode.BeyondThreshold,
        ComparisonOutcome.NotKnown => ProgramExitCode.NotKnown,
        _ => ProgramExitCode.Fine,
    };

    /// <summary>Returns the exit code for a history.</summary>
    public static ProgramExitCode ToExitCode(this HistoryOutcome outcome) => outcome switch
    {
        HistoryOutcome.Slower => ProgramExitCode.BeyondThreshold,
        HistoryOutcome.NotKnown => ProgramExitCode.NotKnown,
        _ => ProgramExitCode.Fine,
    };
}
