using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WorkerRpc.Benchmarks.Commands;

internal static class Program
{
    private static readonly TimeSpan s_sameRequest = TimeSpan.FromSeconds(0.5);

    public static async Task<int> Main(string[] args)
    {
        // Under dotnet-trace every runtime that inherits it is held until dotnet-trace lets it go, which it does for the first
        // alone: a launch, or BenchmarkDotNet's dotnet --version, would wait for ever.
        Environment.SetEnvironmentVariable("DOTNET_DiagnosticPorts", null);
        long first = 0;
        using var interrupted = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return (int)await Cli.RunAsync(args, Console.Out, Console.Error, interrupted.Token);

        // The first time everything that is finished is reported, and what is temporary removed; a second time the process ends
        // as it would by itself. What signals a process and its group, as timeout does, asks once.
        void Interrupt(PosixSignalContext context)
        {
            long now = Stopwatch.GetTimestamp();
            long earlier = Interlocked.CompareExchange(ref first, now, 0);
            context.Cancel = earlier == 0 || Stopwatch.GetElapsedTime(earlier, now) < s_sameRequest;
            interrupted.Cancel();
        }
    }
}
