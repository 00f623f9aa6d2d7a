using System.CommandLine;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public class RunTimeTests
{
    private const string Slow = "slow50/echo/1KB";

    [Theory]
    [InlineData("17h", 17 * 60)]
    [InlineData("90min", 90)]
    [InlineData("1.5h", 90)]
    [InlineData("5m", 5)]
    public void Time_has_a_unit(string text, double minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), Value($"--time {text}"));

    [Theory]
    [InlineData("17")]
    [InlineData("0h")]
    [InlineData("-1h")]
    [InlineData("h")]
    [InlineData("1 h")]
    [InlineData("9e9h")]
    [InlineData("99999999h")]
    public void Unusable_time_names_the_accepted_form(string text)
    {
        var error = Assert.Throws<UnusableInputException>(() => Value($"\"--time={text}\""));

        Assert.Contains("like 17h or 90min", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50e6, 1_000, 5.2, 6.5)]
    [InlineData(10e9, 1_000, 1_100, 1_300)]
    [InlineData(20e3, 1_000, 0.5, 1)]
    public void Estimate_grows_with_slow_calls(double ns, int leastCalls, double minMinutes, double maxMinutes) =>
        Assert.InRange(Estimate(ns, leastCalls).TotalMinutes, minMinutes, maxMinutes);

    [Fact]
    public void Run_above_two_hours_is_refused_with_what_to_type()
    {
        RunSettings run = Settings(1_000);
        var probed = new CasesProbed([new ProbedCase(Slow, 10e9)]);

        var error = Assert.Throws<UnusableInputException>(
            () => RunTime.Require(Value(""), Estimate(10e9, 1_000), run, probed));

        Assert.Contains(
            " for p99 in 6 launches; its slowest case, slow50/echo/1KB, takes 10.0 s a call. Allowed: 2 h. ",
            error.Message,
            StringComparison.Ordinal);
        Assert.Contains(" --time 20h measures it, or ask for p50 alone: --iterations 20.", error.Message, StringComparison.Ordinal);
        RunTime.Require(Value("--time 20h"), Estimate(10e9, 1_000), run, probed);
    }

    private static TimeSpan Value(string commandLine)
    {
        var time = new RunTime();
        return time.Value(new RootCommand { time.Option }.Parse(commandLine));
    }

    private static RunSettings Settings(int leastCalls) => MadeUp.Settings with { LeastCalls = leastCalls };

    private static TimeSpan Estimate(double ns, int leastCalls) => RunTime.Estimate(
        [.. Enumerable.Repeat<IReadOnlyCollection<CaseId>>([CaseId.Parse(Slow)], 6)],
        Settings(leastCalls),
        new CasesProbed([new ProbedCase(Slow, ns)]));
}
