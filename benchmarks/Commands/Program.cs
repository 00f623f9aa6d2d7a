namespace WorkerRpc.Benchmarks.Commands;

internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        // dotnet-trace pauses every process that inherits this variable, and resumes only the first one. Child processes would
        // hang: launches, and the dotnet --version that BenchmarkDotNet starts.
        Environment.SetEnvironmentVariable("DOTNET_DiagnosticPorts", null);
        return Interruption.RunAsync(interrupted => Cli.RunAsync(args, Console.Out, Console.Error, interrupted));
    }
}
