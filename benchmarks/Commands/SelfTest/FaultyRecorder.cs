using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>The faults that a faulty recorder can have. Each fault occurred in this project's predecessor or in another project.</summary>
public enum RecorderFault
{
    /// <summary>Records the average of ten calls ten times. Benchmark libraries average the calls of an iteration in this way.</summary>
    AveragesTen,

    /// <summary>Drops calls longer than 400 µs, as outlier removal does.</summary>
    DropsSlow,

    /// <summary>Converts ticks to ns with a factor that is 5 % too large.</summary>
    WrongTickFactor,

    /// <summary>Drops the call that is still running when the time limit ends the pass.</summary>
    ForgetsLast,
}

/// <summary>Creates recorders with a known fault. The self-test must find each fault.</summary>
internal static class FaultyRecorder
{
    /// <summary>Creates the faulty recorder that a launch plan names. Returns null if the plan names no fault.</summary>
    public static CallRecorder? For(LaunchPlan plan) =>
        plan.Sabotage is { } name ? Make(Enum.Parse<RecorderFault>(name), PassLimits.Of(plan.Run)) : null;

    public static CallRecorder Make(RecorderFault sabotage, PassLimits limits) => sabotage switch
    {
        RecorderFault.AveragesTen => new AveragingRecorder(limits.Calls),
        RecorderFault.DropsSlow => new DroppingRecorder(limits.Calls),
        RecorderFault.WrongTickFactor => new MisscaledRecorder(limits.Calls),
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
