namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>The command line by which this program starts itself as a measuring child process.</summary>
internal static class MeasureArguments
{
    /// <summary>The command that measures one launch.</summary>
    public const string Command = "measure";

    /// <summary>Reads the plan as one line of JSON from standard input, which the parent process keeps open.</summary>
    public const string FromParent = "--from-parent";

    /// <summary>Serves the gate's requests for single turns instead of running a launch. Needs <see cref="FromParent"/>.</summary>
    public const string InTurns = "--in-turns";
}
