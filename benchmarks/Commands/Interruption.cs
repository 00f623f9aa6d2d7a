using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Ends a program on Ctrl+C or SIGTERM: the first signal asks it to end, a second one kills it.</summary>
internal static class Interruption
{
    private static readonly TimeSpan s_sameRequest = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs a program until it returns or the user ends it.</summary>
    /// <param name="program">Function that runs the program. The first signal cancels the function's token.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<ExitCode>> program)
    {
        long first = 0;
        using var interrupted = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return (int)await program(interrupted.Token);

        // The command timeout signals both the process and its group. Two signals within 0.5 s count as one request.
        void Interrupt(PosixSignalContext context)
        {
            long now = Stopwatch.GetTimestamp();
            long earlier = Interlocked.CompareExchange(ref first, now, 0);
            context.Cancel = earlier == 0 || Stopwatch.GetElapsedTime(earlier, now) < s_sameRequest;
            interrupted.Cancel();
        }
    }
}
