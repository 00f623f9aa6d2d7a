using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Measuring.Launches;

public class PassWatchTests
{
    [Fact]
    public void Measured_case_gets_duration_and_short_pass_no_cores()
    {
        var watch = new PassWatch();
        PassReport measured = MadeUp.Pass((1_000, 10)) with { ParentNs = null };

        watch.Observe(new PassStarting("direct/echo/1KB"));
        watch.Observe(new PassEnded("direct/echo/1KB"));
        var observed = (CaseMeasured)watch.Observe(new CaseMeasured("direct/echo/1KB", measured));

        Assert.True(observed.Pass.ParentNs > 0);
        Assert.Equal(measured, observed.Pass with { ParentNs = null });
        Assert.Null(watch.ParentCores);
    }
}
