using WorkerRpc.Benchmarks.Commands;

namespace WorkerRpc.Studies;

/// <summary>Experiments beside the product: what delegation could cost.</summary>
internal static class Program
{
    private const string Typed = "dotnet run -c Release --project studies --";

    private const string ExitCodes = """
          0 every bound holds; 1 a bound does not hold; 2 the command cannot be used;
          3 a launch failed; 130 interrupted
        """;

    public static Task<int> Main(string[] args) =>
        Interruption.RunAsync(interrupted => RunAsync(args, Console.Out, Console.Error, interrupted));

    /// <summary>Runs the program with the given arguments and writers.</summary>
    public static Task<ExitCode> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken interrupted) =>
        new CommandRunner(Typed, "--help", ExitCodes).RunAsync(new StudiesCommand(), args, output, error, interrupted);
}
