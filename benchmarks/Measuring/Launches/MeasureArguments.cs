namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>The command line by which this program starts itself as a measuring child process.</summary>
internal static class MeasureArguments
{
    /// <summary>The name of the command that measures one launch.</summary>
    public const string Command = "measure";

    /// <summary>
    /// The option that makes the command read the plan, one line of JSON, from standard input. The parent keeps the input open.
    /// </summary>
    public const string FromParent = "--from-parent";

    /// <summary>
    /// The option that makes the command serve a gate's requests, each for a few ms of calls, instead of running a launch. It
    /// requires <see cref="FromParent"/>.
    /// </summary>
    public const string InTurns = "--in-turns";
}
