namespace WorkerRpc.Benchmarks.Commands;

internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        // dotnet-trace pauses every runtime that inherits this variable and resumes only the first one. A launch, or
        // BenchmarkDotNet's call of dotnet --version, would wait for ever.
        Environment.SetEnvironmentVariable("DOTNET_DiagnosticPorts", null);
        return Interruption.RunAsync(interrupted => Cli.RunAsync(args, Console.Out, Console.Error, interrupted));
    }
}
