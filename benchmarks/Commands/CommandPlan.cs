namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The work that a command line asks for. Its options and input files are checked; nothing is measured or written yet.</summary>
internal sealed record CommandPlan(CommandPlan.Work RunAsync)
{
    /// <summary>Runs a plan.</summary>
    /// <param name="output">Receives results.</param>
    /// <param name="error">Receives errors and progress.</param>
    /// <param name="interrupted">A token that is cancelled when the user ends the program.</param>
    public delegate Task<ExitCode> Work(TextWriter output, TextWriter error, CancellationToken interrupted);

    /// <summary>The cases to measure, in report order. Empty for a command that measures none.</summary>
    public IReadOnlyList<string> Cases { get; init; } = [];

    /// <summary>How many processes measure each case.</summary>
    public int Launches { get; init; }

    /// <summary>How long the work usually takes. Null if the user ends it, or if it opens a browser.</summary>
    public TimeSpan? ExpectedLength { get; init; }
}
