using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands.Gating;
using WorkerRpc.Benchmarks.Commands.SelfTest;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Tests.Analysis.Comparing;

namespace WorkerRpc.Tests.Commands.SelfTest;

/// <summary>Checks the gate's rule with made-up pairs, whose processes have the planned speed or another one.</summary>
public sealed class RuleCheckTests
{
    private const double Noise = 0.02;
    private const int Seed = 5;

    private readonly List<PairPlan> _plans = [];

    [Fact]
    public async Task Rule_is_right_about_processes_of_the_planned_speed()
    {
        RuleFindings findings = await RunAsync(Planned);

        Assert.Equal(
            ["caught: some, or perhaps some, processes slower", "caught: slower", "holds: no change"],
            findings.All.Select(finding => finding.Row[^1]));
        Assert.Contains(findings.All[0].Answers, answer => answer.Judgement is Judgement.SomeSlower or Judgement.PerhapsSomeSlower);
        Assert.DoesNotContain(findings.All[0].Answers, answer => answer is { Case: null, Judgement: Judgement.Same });
        Assert.Contains("5 p50 slower (+", findings.All[1].Row[2], StringComparison.Ordinal);
        Assert.Empty(findings.Failures);
    }

    [Fact]
    public async Task One_head_of_five_is_slow_and_two_in_the_first_batch()
    {
        RuleFindings findings = await RunAsync(Planned);

        GatePairs counts = Gate.PairsOf(Gate.DefaultPairs);
        int[] slow = [.. _plans.Where(plan => plan.HeadInjection is not null).Select(plan => plan.Number)];
        Assert.Equal(slow, findings.SlowPairs);
        Assert.Equal(counts.Screening / 5, slow.Count(number => number <= counts.Screening));
        Assert.Equal(counts.ConfirmingSome, findings.Second);
        Assert.Equal(counts.ConfirmingSome / 5, slow.Count(number => number > counts.Screening));
        Assert.Equal(
            Enumerable.Range(1, counts.Screening + counts.Confirming),
            _plans.Where(plan => plan.Injection is not null).Select(plan => plan.Number));
        Assert.Contains(string.Join(", ", slow), findings.Basis, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slow_heads_that_the_figures_hide_are_not_caught()
    {
        RuleFindings findings = await RunAsync(plan => Measured(plan, head: 1, FactorOf(plan.Injection)));

        Assert.Equal([false, true, true], findings.All.Select(finding => finding.Holds));
        Assert.StartsWith("NOT CAUGHT: service-binding/echo/1KB p50 same", findings.All[0].Row[^1], StringComparison.Ordinal);
        Assert.NotEmpty(findings.Failures);
    }

    [Fact]
    public async Task Slower_control_that_the_figures_hide_is_not_caught()
    {
        RuleFindings findings = await RunAsync(plan => Measured(plan, FactorOf(plan.HeadInjection), control: 1));

        Assert.Equal([true, false, true], findings.All.Select(finding => finding.Holds));
        Assert.Contains("capnweb/echo/1KB p50 same", findings.All[1].Row[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heads_that_are_all_slower_are_wrong_in_two_rows()
    {
        RuleFindings findings = await RunAsync(plan => Measured(plan, head: 1.5, FactorOf(plan.Injection)));

        Assert.Equal([false, true, false], findings.All.Select(finding => finding.Holds));
        Assert.Contains("raw-fetch/echo/1KB mean slower", findings.All[0].Row[^1], StringComparison.Ordinal);
        Assert.StartsWith("FALSE ALARM: service-binding/echo/1KB p50 slower", findings.All[2].Row[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public async Task Noise_may_hide_slow_heads_in_fewer_than_half_of_the_cases(int noisyCases, bool holds)
    {
        RuleFindings findings = await RunAsync(plan =>
        {
            Pair pair = Planned(plan);
            double noise = plan.Number % 2 == 0 ? 3 : 1 / 3.0;
            return pair with
            {
                Base = pair.Base.ToDictionary(
                    one => one.Key,
                    one => one.Value.Slower(RuleCheck.Cases.Take(noisyCases).Contains(one.Key) ? noise : 1)),
            };
        });

        Assert.Equal(holds, findings.All[0].Holds);
        Assert.Equal(noisyCases, findings.All[0].Answers.Count(answer =>
            answer is { Case: not null, Metric.Name: "p50", Judgement: Judgement.TooNoisy }));
    }

    [Fact]
    public async Task Failed_pair_ends_the_test_and_is_named()
    {
        SelfTestFailedException failed = await Assert.ThrowsAsync<SelfTestFailedException>(() => RunAsync(plan =>
            plan.Number == 3 ? throw new TurnFailedException("head hangs") : Planned(plan)));

        Assert.Equal("pair 3 could not be measured: head hangs", failed.Message);
    }

    private static Pair Planned(PairPlan plan) => Measured(plan, FactorOf(plan.HeadInjection), FactorOf(plan.Injection));

    private static double FactorOf(Injection? injection) => 1 + (injection?.Share ?? 0);

    private static Pair Measured(PairPlan plan, double head, double control)
    {
        Pairing ofHead = Of(2 * plan.Number, head);
        return new Pair
        {
            Number = plan.Number,
            Injection = plan.Injection,
            OnOneProcessor = true,
            Base = ofHead.Base,
            Head = ofHead.Current,
            Control = plan.Injection is null ? new Dictionary<string, CaseFigures>() : Of((2 * plan.Number) + 1, control).Current,
        };

        static Pairing Of(int seed, double factor) =>
            MadeUpPairs.Of(1, seed, Noise, (_, figures) => figures.Slower(factor), RuleCheck.Cases)[0];
    }

    private Task<RuleFindings> RunAsync(Func<PairPlan, Pair> measured) => new RuleCheck(
        (plan, _, _) =>
        {
            _plans.Add(plan);
            return Task.FromResult(measured(plan));
        },
        Seed,
        _ => { }).RunAsync(TestContext.Current.CancellationToken);
}
