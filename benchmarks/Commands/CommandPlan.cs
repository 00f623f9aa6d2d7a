namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// The work of a parsed command line. The options and input files are already checked, but nothing is measured or written yet.
/// </summary>
internal sealed record CommandPlan(CommandPlan.Work RunAsync)
{
    /// <summary>Does the work of a command.</summary>
    /// <param name="output">Receives the results.</param>
    /// <param name="error">Receives error messages and progress.</param>
    /// <param name="interrupted">A token that is cancelled when the user ends the program.</param>
    public delegate Task<ProgramExitCode> Work(TextWriter output, TextWriter error, CancellationToken interrupted);

    /// <summary>The short names of the cases to measure, in report order. Empty for a command that measures nothing.</summary>
    public IReadOnlyList<string> Cases { get; init; } = [];

    /// <summary>The number of processes that measure each case, one after another.</summary>
    public int Launches { get; init; }

    /// <summary>The usual duration of the work, or null if it cannot be known because the user ends the work or a browser opens.</summary>
    public TimeSpan? ExpectedLength { get; init; }
}
