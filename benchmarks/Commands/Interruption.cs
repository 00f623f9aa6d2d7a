using System.Diagnostics;
using System.Runtime.InteropServices;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// Ends the program on Ctrl+C or SIGTERM. The first signal cancels the program's token, and a second signal kills the process.
/// </summary>
internal static class Interruption
{
    private static readonly TimeSpan s_sameRequest = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs a program until it returns or the user ends it.</summary>
    /// <param name="program">The function that runs the program. Its token is cancelled by the first signal.</param>
    /// <returns>The exit code of the process.</returns>
    public static async Task<int> RunAsync(Func<CancellationToken, Task<ProgramExitCode>> program)
    {
        long first = 0;
        using var interrupted = new CancellationTokenSource();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return (int)await program(interrupted.Token);

        // Two signals within 0.5 s count as one, because the shell command "timeout" signals the process and then its group.
        void Interrupt(PosixSignalContext context)
        {
            long now = Stopwatch.GetTimestamp();
            long earlier = Interlocked.CompareExchange(ref first, now, 0);
            context.Cancel = earlier == 0 || Stopwatch.GetElapsedTime(earlier, now) < s_sameRequest;
            interrupted.Cancel();
        }
    }
}
