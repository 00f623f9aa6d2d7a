using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Ends a program on Ctrl+C or SIGTERM: the first signal asks it to end, a second one kills it.</summary>
internal static class Interruption
{
    private static readonly TimeSpan s_sameRequest = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs a program until it returns or the user ends it.</summary>
    /// <param name="program">Its token is cancelled by the first signal. It reports what is finished and returns.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<ExitCode>> program)
    {
        long first = 0;
        using var interrupted = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return (int)await program(interrupted.Token);

        // A sender such as timeout signals the process and its group: two signals at nearly the same time are one request.
        void Interrupt(PosixSignalContext context)
        {
            long now = Stopwatch.GetTimestamp();
            long earlier = Interlocked.CompareExchange(ref first, now, 0);
            context.Cancel = earlier == 0 || Stopwatch.GetElapsedTime(earlier, now) < s_sameRequest;
            interrupted.Cancel();
        }
    }
}
