using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public sealed class ProgressTests : IDisposable
{
    private const string First = "service-binding/echo/1KB";
    private const string Second = "raw-fetch/echo/1KB";

    private readonly StringWriter _text = new() { NewLine = "\n" };
    private readonly SteppedTime _time = new();
    private readonly LaunchRecord _launch = new(2);

    public void Dispose() => _text.Dispose();

    [Fact]
    public void Terminal_has_one_line_with_all_of_the_progress()
    {
        using Progress progress = Terminal(width: 200);
        Send(progress, new Hosted(new ClockFloor(MadeUp.Frequency, 10, 25, 80), MadeUp.Environment), new CaseStarting(First));
        _time.Pass(TimeSpan.FromSeconds(65));
        Send(progress, new PassStarting(First), new PassEnded(First));
        Send(progress, new CaseMeasured(First, MadeUp.Pass(16_000, 30_000, 80_000, 90_000)), new CaseStarting(Second));

        Assert.Equal(
            "launch 2/3, case 2/4, measuring raw-fetch/echo/1KB, about 7:35 left, 1:05 elapsed, "
            + "service-binding/echo/1KB had p50 16.0 µs, p99 80.1 µs",
            _text.ToString().Split('\r')[^1].TrimEnd());
        Assert.DoesNotContain('\n', _text.ToString());
    }

    [Fact]
    public void Nothing_is_drawn_during_a_timed_pass()
    {
        foreach (bool isTerminal in new[] { true, false })
        {
            using Progress progress = Of(isTerminal, isBuildServer: false, 200);
            Send(progress, new CaseStarting(First), new PassStarting(First));
            string before = _text.ToString();
            _time.Pass(TimeSpan.FromMinutes(1));
            Send(progress, new CaseStarting(Second), new WarmingUp("raw-fetch"), new CallersStarting(First, 8), new PassStarting(First));

            Assert.Equal(before, _text.ToString());
            Send(progress, new PassEnded(First));
        }
    }

    [Fact]
    public void Nothing_is_drawn_between_two_rounds_of_callers()
    {
        using Progress progress = Terminal(width: 200);
        Send(progress, new CallersStarting(First, 8));
        string before = _text.ToString();

        Send(progress, new CallersStarting(First, 8));

        Assert.Equal(before, _text.ToString());
        Assert.Contains("with 8 callers", before, StringComparison.Ordinal);
    }

    [Fact]
    public void Time_left_includes_warm_ups_to_come()
    {
        using Progress progress = Terminal(width: 200);
        Send(progress, new WarmingUp("direct"));
        Assert.EndsWith("warming up direct, about 0:31 left, 0:00 elapsed", _text.ToString(), StringComparison.Ordinal);

        Send(progress, new WarmedUp(MadeUp.Launch(2, ["direct"]).WarmUps[0]), new WarmingUp("raw-fetch"));

        Assert.EndsWith("warming up raw-fetch, about 0:20 left, 0:00 elapsed", _text.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "launch 2/3, case 1/4, measuring service-binding/echo/1KB, about 0:09 left, 0:00 elapsed")]
    [InlineData(80, "launch 2/3, case 1/4, measuring service-binding/echo/1KB, about 0:09 left")]
    [InlineData(60, "launch 2/3, case 1/4, measuring service-b…, about 0:09 left")]
    public void Narrow_terminal_keeps_one_line_with_the_time_left(int width, string line)
    {
        using Progress progress = Terminal(width);
        Send(progress, new CaseStarting(First));

        Assert.Equal(line, _text.ToString().Trim('\r', ' '));
        Assert.All(_text.ToString().Split('\r'), drawn => Assert.InRange(drawn.Length, 0, width - 1));
    }

    [Fact]
    public void Shorter_line_erases_a_longer_one()
    {
        using Progress progress = Terminal(width: 200);
        Send(progress, new CaseStarting(First));
        int longer = _text.ToString().TrimEnd().Length;
        Send(progress, new CaseStarting("a/b/c"));

        Assert.Equal(longer, _text.ToString().Split('\r')[^1].Length + 1);
        progress.End();
        Assert.EndsWith("\r", _text.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _text.ToString().Split('\r')[^2].Trim());
    }

    [Fact]
    public void Plain_output_has_a_line_each_10_s_and_warm_up()
    {
        using Progress progress = Of(isTerminal: false, isBuildServer: false, 20);
        Send(progress, new WarmingUp("direct"), new WarmingUp("direct"), new WarmingUp("raw-fetch"));
        _time.Pass(TimeSpan.FromSeconds(9));
        Send(progress, new CaseStarting(First));
        _time.Pass(TimeSpan.FromSeconds(2));
        Send(progress, new CaseStarting(Second));

        Assert.Equal(
            ["warming up direct", "warming up raw-fetch", $"measuring {Second}"],
            _text.ToString().TrimEnd().Split('\n').Select(line => line.Split(", ")[2]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Build_server_has_one_line_per_launch(bool isTerminal)
    {
        using Progress progress = Of(isTerminal, isBuildServer: true, 200);
        _time.Pass(TimeSpan.FromMinutes(61));
        Send(progress, new WarmingUp("direct"), new CaseStarting(First), new LaunchFinished());
        progress.EndLaunch(MadeUp.Launch(1, []));
        progress.EndLaunch(MadeUp.Launch(2, []) with { Outcome = LaunchOutcome.Failed, Error = "died\u001b[2J" });

        Assert.Equal("launch 1/3 finished, 1:01:00 elapsed, about 2:02 left\nlaunch 2 failed: died\uFFFD[2J\n", _text.ToString());
    }

    [Theory]
    [InlineData(false, false, "about 44 min, as such cases usually take\n")]
    [InlineData(true, false, "about 44 min, as such cases usually take; less if the verdict is certain before\n")]
    [InlineData(false, true, "at most 44 min, as such cases usually take; less where fewer calls give narrow percentiles\n")]
    public void Announcement_says_what_shortens_the_run(bool mayEndEarly, bool mayPassesEndEarly, string end)
    {
        using Progress progress = Terminal(width: 200);

        progress.Announce(3, TimeSpan.FromMinutes(44), mayEndEarly, mayPassesEndEarly);

        Assert.Equal($"4 cases of 2 methods, 3 launches: {end}", _text.ToString());
    }

    private Progress Terminal(int width) => Of(isTerminal: true, isBuildServer: false, width);

    private Progress Of(bool isTerminal, bool isBuildServer, int width) =>
        new(new Display(_text, isTerminal, HasColours: false, isBuildServer, () => width), _time, launches: 3, methods: 2, cases: 4);

    private void Send(Progress progress, params LaunchEvent[] events)
    {
        foreach (LaunchEvent launchEvent in events)
        {
            _launch.Apply(launchEvent);
            progress.Show(_launch, launchEvent);
        }
    }
}
