using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Measuring.Launches;

public class PassWatchTests
{
    [Fact]
    public void A_measured_case_gets_the_time_of_its_own_pass_and_a_short_one_tells_nothing_of_what_this_process_uses()
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
