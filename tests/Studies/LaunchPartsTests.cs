using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Studies;
using WorkerRpc.Tests.Commands;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Studies;

public class LaunchPartsTests
{
    private const string Case = "direct/echo/1KB";

    [Fact]
    public void Each_part_gets_the_time_before_the_event_that_ends_it()
    {
        var time = new SteppedTime();
        var parts = new LaunchParts(time);
        var measured = new CaseMeasured(Case, MadeUp.Pass((1_000, 10)));
        var warm = new WarmedUp(new WarmUpReport("direct", Steady: true, "", []));
        var hosted = new Hosted(new ClockFloor(1_000, 1, 20, 40), MadeUp.Environment);
        LaunchEvent[] events =
        [
            hosted, new WarmingUp("direct"), warm,
            new CaseStarting(Case), new Settling(Case), new PassStarting(Case), new PassEnded(Case), measured,
            new AnchorMeasured(Case, new AnchorPoint(1, 100, 1_000)),
            new CaseStarting(Case), new Settling(Case), new PassStarting(Case), new PassEnded(Case), measured,
            new LaunchFinished(),
        ];

        foreach (LaunchEvent launchEvent in events)
        {
            time.Pass(TimeSpan.FromSeconds(1));
            parts.Add(launchEvent);
        }

        time.Pass(TimeSpan.FromSeconds(2));
        parts.End();

        Assert.Equal(
            """
            | part of a launch                        |    s | ms a case | share |
            |-----------------------------------------|-----:|----------:|------:|
            | process start                           |  1.0 |       500 |   6 % |
            | warm-up                                 |  2.0 |      1000 |  12 % |
            | BenchmarkDotNet, before the first case  |  1.0 |       500 |   6 % |
            | BenchmarkDotNet, iterations of the case |  2.0 |      1000 |  12 % |
            | wait for the compiler                   |  2.0 |      1000 |  12 % |
            | timed pass                              |  2.0 |      1000 |  12 % |
            | histograms of the pass                  |  2.0 |      1000 |  12 % |
            | anchor                                  |  1.0 |       500 |   6 % |
            | BenchmarkDotNet, between cases          |  1.0 |       500 |   6 % |
            | reports of the launch                   |  1.0 |       500 |   6 % |
            | process end                             |  2.0 |      1000 |  12 % |
            | whole launch                            | 17.0 |      8500 | 100 % |

            """.ReplaceLineEndings("\n"),
            parts.Write(cases: 2));
    }
}
