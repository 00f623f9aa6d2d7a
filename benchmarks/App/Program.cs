using System.Runtime.InteropServices;

namespace WorkerRpc.Benchmarks.App;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        // Under dotnet-trace every runtime that inherits it is held until dotnet-trace lets it go, which it does for the first
        // alone: a launch, or BenchmarkDotNet's dotnet --version, would wait for ever.
        Environment.SetEnvironmentVariable("DOTNET_DiagnosticPorts", null);
        using var interrupted = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return (int)await Cli.RunAsync(args, Console.Out, Console.Error, interrupted.Token);

        // The first time everything that is finished is reported; a second time the process ends as it would by itself.
        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = !interrupted.IsCancellationRequested;
            interrupted.Cancel();
        }
    }
}
