namespace WorkerRpc.Benchmarks.Commands;

internal static class Program
{
    public static Task<int> Main(string[] args)
    {
        // Clears the variable that dotnet-trace sets. dotnet-trace pauses every process with this variable, but resumes only the first
        // one, so child processes would hang: launches, and the "dotnet --version" that BenchmarkDotNet starts.
        Environment.SetEnvironmentVariable("DOTNET_DiagnosticPorts", null);
        return Interruption.RunAsync(interrupted => ProgramCommands.RunAsync(args, Console.Out, Console.Error, interrupted));
    }
}
