using WorkerRpc.Benchmarks.Commands;

namespace WorkerRpc.Studies;

/// <summary>A program with experiments on the cost of delegation. The product does not need it.</summary>
internal static class Program
{
    private const string Typed = "dotnet run -c Release --project studies --";

    private const string ExitCodes = """
          0 every bound holds; 1 a bound does not hold; 2 the command cannot be used;
          3 a launch failed; 130 interrupted
        """;

    private static readonly CommandRunner s_runner = new(Typed, "--help", ExitCodes);

    public static Task<int> Main(string[] args) =>
        Interruption.RunAsync(interrupted => RunAsync(args, Console.Out, Console.Error, interrupted));

    /// <summary>Runs a study. Tests call this method with arguments and two writers.</summary>
    public static Task<ProgramExitCode> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken interrupted) =>
        s_runner.RunAsync(new StudiesCommand(), args, output, error, interrupted);

    /// <summary>Checks arguments as <see cref="RunAsync"/> does, but does not start a study.</summary>
    public static Task<CommandPlan> PlanAsync(string[] args, CancellationToken interrupted) =>
        s_runner.PlanAsync(new StudiesCommand(), args, interrupted);
}
