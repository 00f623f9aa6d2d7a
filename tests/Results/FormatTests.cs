using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Results;

public class FormatTests
{
    [Theory]
    [InlineData(0, "under a clock step")]
    [InlineData(0.5, "0.500 ns")]
    [InlineData(11_800, "11.8 µs")]
    public void Call_of_a_coarse_clock_never_takes_zero(double ns, string expected) => Assert.Equal(expected, Format.CallDuration(ns));
}
