namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>The command line of a process that measures for the process that started it.</summary>
internal static class MeasureArguments
{
    /// <summary>The command that measures one launch.</summary>
    public const string Command = "measure";

    /// <summary>The plan comes as one line of JSON on standard input, which stays open as long as the parent lives.</summary>
    public const string FromParent = "--from-parent";

    /// <summary>Beside <see cref="FromParent"/>: the gate asks for each measurement of a pair's round, instead of a launch.</summary>
    public const string InTurns = "--in-turns";
}
