using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>The ways in which a recorder was seen to lie, in this project's forerunner or in others.</summary>
public enum Sabotage
{
    /// <summary>Records the average of each ten calls, as a benchmark library's iterations do.</summary>
    AveragesTen,

    /// <summary>Drops calls of over 400 µs, as outlier removal does.</summary>
    DropsSlow,

    /// <summary>Takes a tick for 5 % longer than it is.</summary>
    WrongTickFactor,

    /// <summary>Forgets the call that is in flight when the time is up.</summary>
    ForgetsLast,
}

/// <summary>Recorders that lie, each of which the self-test has to catch.</summary>
internal static class LyingRecorder
{
    /// <summary>The recorder that a plan names; null for the true one.</summary>
    public static CallRecorder? For(LaunchPlan plan) =>
        plan.Sabotage is { } name ? Make(Enum.Parse<Sabotage>(name), PassLimits.Of(plan.Run)) : null;

    public static CallRecorder Make(Sabotage sabotage, PassLimits limits) => sabotage switch
    {
        Sabotage.AveragesTen => new AveragingRecorder(limits.Calls),
        Sabotage.DropsSlow => new DroppingRecorder(limits.Calls),
        Sabotage.WrongTickFactor => new MisscaledRecorder(limits.Calls),
        _ => new ForgetfulRecorder(limits),
    };

    private sealed class AveragingRecorder(int capacity) : CallRecorder(capacity)
    {
        private const int Group = 10;
        private int _calls;
        private long _ticks;

        public override void Record(long startTicks, long endTicks, double executionMs)
        {
            _calls++;
            _ticks += endTicks - startTicks;
            if (_calls == Group)
            {
                for (int i = 0; i < Group; i++)
                {
                    base.Record(startTicks, startTicks + (_ticks / Group), executionMs);
                }

                (_calls, _ticks) = (0, 0);
            }
        }
    }

    private sealed class DroppingRecorder(int capacity) : CallRecorder(capacity)
    {
        private static readonly long s_limitTicks = Stopwatch.Frequency * 400 / 1_000_000;

        public override void Record(long startTicks, long endTicks, double executionMs)
        {
            if (endTicks - startTicks <= s_limitTicks)
            {
                base.Record(startTicks, endTicks, executionMs);
            }
        }
    }

    private sealed class MisscaledRecorder(int capacity) : CallRecorder(capacity)
    {
        private const double Factor = 1.05;

        public override void Record(long startTicks, long endTicks, double executionMs) =>
            base.Record(startTicks, startTicks + (long)((endTicks - startTicks) * Factor), executionMs);
    }

    private sealed class ForgetfulRecorder(PassLimits limits) : CallRecorder(limits.Calls)
    {
        public override void Record(long startTicks, long endTicks, double executionMs)
        {
            long began = Count > 0 ? StartTicks[0] : startTicks;
            if (Stopwatch.GetElapsedTime(began, endTicks) < limits.TimeLimit)
            {
                base.Record(startTicks, endTicks, executionMs);
            }
        }
    }
}
