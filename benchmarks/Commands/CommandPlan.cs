namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The work that a command line asks for. Its options and input files are checked; nothing is measured or written yet.</summary>
/// <param name="RunAsync">Does the work.</param>
internal sealed record CommandPlan(CommandPlan.Work RunAsync)
{
    /// <summary>Does the work of a plan.</summary>
    /// <param name="output">What was asked for.</param>
    /// <param name="error">What went wrong, and progress.</param>
    /// <param name="interrupted">Cancelled when the user ends the program.</param>
    public delegate Task<ExitCode> Work(TextWriter output, TextWriter error, CancellationToken interrupted);

    /// <summary>The cases to measure, in report order. Empty for a command that measures none.</summary>
    public IReadOnlyList<string> Cases { get; init; } = [];

    /// <summary>The processes that measure each case.</summary>
    public int Launches { get; init; }

    /// <summary>How long the work usually takes. Null if a user has to end it, or looks at a browser.</summary>
    public TimeSpan? ExpectedLength { get; init; }
}
