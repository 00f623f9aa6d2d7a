using System.Diagnostics;
using WorkerRpc.Benchmarks.Commands.SelfTest;
using WorkerRpc.Benchmarks.Measuring;

namespace WorkerRpc.Tests.Commands.SelfTest;

public class FaultyRecorderTests
{
    private static readonly long s_microsecond = Stopwatch.Frequency / 1_000_000;

    [Theory]
    [InlineData(
        RecorderFault.AveragesTen,
        new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 55, 77 },
        new long[] { 10, 10, 10, 10, 10, 10, 10, 10, 10, 10 })]
    [InlineData(RecorderFault.DropsSlow, new long[] { 50, 400, 401, 60 }, new long[] { 50, 400, 60 })]
    [InlineData(RecorderFault.WrongTickFactor, new long[] { 100, 200 }, new long[] { 105, 210 })]
    [InlineData(RecorderFault.ForgetsLast, new long[] { 300, 600, 100, 1 }, new long[] { 300, 600 })]
    public void Each_recorder_has_its_fault(RecorderFault sabotage, long[] calledUs, long[] recordedUs)
    {
        CallRecorder recorder = FaultyRecorder.Make(sabotage, new PassLimits(100, TimeSpan.FromMilliseconds(1)));
        recorder.Reset();
        long now = 0;
        foreach (long us in calledUs)
        {
            recorder.Record(now, now + (us * s_microsecond), 0);
            now += us * s_microsecond;
        }

        Assert.Equal(recordedUs, recorder.ElapsedTicks.ToArray().Select(ticks => (long)Math.Round((double)ticks / s_microsecond)));
    }
}
