using System.Diagnostics;
using System.Text;

namespace WorkerRpc.Hostile.Targets;

/// <summary>Bounds on what an input may cost.</summary>
internal static class Costs
{
    /// <summary>Maximum processor time for each message of an input, as the limits of the library promise.</summary>
    public static readonly TimeSpan PerMessage = TimeSpan.FromMilliseconds(50);

    /// <summary>Maximum memory that a session holds after an input, as the limits of the library promise.</summary>
    public const long HeldBytes = 64 << 20;

    // Compiling code and collecting garbage take time too, whatever the input is.
    private static readonly TimeSpan s_besides = TimeSpan.FromMilliseconds(200);

    // Inputs of other processes slow this one down, so the fastest of several runs counts.
    private const int Tries = 4;

    /// <summary>Runs an input. If it takes too long, runs it again, and the fastest run counts.</summary>
    /// <exception cref="FuzzFailureException">Every run took too long.</exception>
    public static FuzzOutcome Check(byte[] input, Func<FuzzOutcome> run)
    {
        TimeSpan fastest = TimeSpan.MaxValue;
        FuzzOutcome outcome = default;
        for (int i = 0; i < Tries; i++)
        {
            long start = Stopwatch.GetTimestamp();
            outcome = run();
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            fastest = taken < fastest ? taken : fastest;
            if (fastest <= s_besides + (PerMessage * outcome.Messages))
            {
                return outcome;
            }
        }

        throw new FuzzFailureException(
            $"{outcome.Messages} messages took {fastest.TotalMilliseconds:F0} ms in the fastest of {Tries} runs: expected at most "
                + $"{PerMessage.TotalMilliseconds:F0} ms for each, and {s_besides.TotalMilliseconds:F0} ms.",
            input);
    }

    /// <summary>The messages as the text that the replay command takes.</summary>
    public static byte[] Text(IEnumerable<string> messages) => Encoding.UTF8.GetBytes(string.Join('\n', messages));
}
