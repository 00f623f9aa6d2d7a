using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Docs;

namespace WorkerRpc.Tests.Analysis.Comparing;

public sealed class BetweenRunsRuleTests
{
    private const int Comparisons = 200;

    private static readonly string[] s_cases =
    [
        .. from method in new[] { "direct", "service-binding", "raw-fetch" }
           from function in new[] { "echo", "compute" }
           from payload in new[] { "1KB", "100KB" }
           select $"{method}/{function}/{payload}",
    ];

    // Two runs of a comparison, and the recorded runs that judge them, all with their own random state of the machine.
    private static readonly LeftOutPair[] s_comparisons =
    [
        .. Enumerable.Range(0, Comparisons).Select(seed =>
        {
            var runs = new MadeUpRuns(seed);
            return new LeftOutPair(runs.Run(s_cases), runs.Run(s_cases), BetweenRuns.Of(runs.Record(s_cases)));
        }),
    ];

    [Fact]
    public void Identical_code_is_flagged_in_at_most_5_percent()
    {
        int flagged = s_comparisons.Count(one => Decide(one.Others, one.Before, one.After).Any(answer => answer.IsFlag));

        Assert.InRange(flagged, 0, Comparisons / 20);
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(10.0)]
    public void All_cases_slower_are_always_found(double times) => Assert.All(s_comparisons, one =>
        Assert.Contains(
            Decide(one.Others, one.Before, Slower(one.After, times, _ => true)), answer => answer.Judgement == Judgement.Slower));

    [Fact]
    public void One_case_twice_as_slow_is_the_only_slower_one()
    {
        int found = s_comparisons.Count(one =>
        {
            string[] slower =
            [
                .. Decide(one.Others, one.Before, Slower(one.After, 2, name => name == s_cases[5]))
                    .Where(answer => answer.Judgement == Judgement.Slower).Select(answer => answer.Name).Distinct(),
            ];
            return slower.SequenceEqual([s_cases[5]]);
        });

        Assert.InRange(found, Comparisons * 0.9, Comparisons);
    }

    // The band's end: of 100 figures that are slower by half, at most 5 may be called "same within ±50 %".
    [Fact]
    public void Same_means_within_the_band()
    {
        Answer[] answers =
        [
            .. s_comparisons.SelectMany(one => Decide(one.Others, one.Before, Slower(one.After, 1.5, _ => true)))
                .Where(answer => answer.Case is not null && answer.Metric.Name is "p50" or "mean"),
        ];

        int same = answers.Count(answer => answer.Judgement == Judgement.Same);
        Assert.Equal("same within ±50 %", answers[0].Metric.SameWord);
        Assert.InRange(same, 0, answers.Length / 20);
        int sameOfIdentical = s_comparisons.SelectMany(one => Decide(one.Others, one.Before, one.After))
            .Count(answer => answer.Metric.Name is "p50" or "mean" && answer.Judgement == Judgement.Same);
        Assert.InRange(sameOfIdentical, answers.Length * 0.9, answers.Length * 1.1);
    }

    [Fact]
    public void Small_slow_down_of_all_cases_is_found_by_their_mean()
    {
        (IReadOnlyDictionary<string, ComparedCase> before, _, BetweenRuns spread) = s_comparisons[0];

        Answer total = Decide(spread, before, Slower(before, 1.2, _ => true)).Single(answer => answer.IsFlag);

        Assert.Equal(("all cases", Judgement.Slower), (total.Name, total.Judgement));
        Assert.DoesNotContain(Decide(spread, before, Slower(before, 2, _ => true)), answer => answer.Case is null);
    }

    [Fact]
    public void Without_a_known_spread_nothing_is_the_same()
    {
        RunPool pool = new MadeUpRuns(1).Record(s_cases, sittings: 2, runsOfSitting: 1);
        var spread = BetweenRuns.Of(pool);
        IReadOnlyDictionary<string, ComparedCase> run = BetweenRuns.Summarize(pool.Runs[0]);
        double limit = new BetweenRunsRule(spread, spreadApplies: true).LimitOfUnknown(Metric.P50);

        Assert.False(spread.IsKnown);
        Assert.Equal(2 * spread.GreatestOf(Metric.P50), limit);
        Assert.All(Decide(spread, run, run), answer => Assert.Equal(Judgement.TooNoisy, answer.Judgement));
        Assert.Contains("only beyond ±", Decide(spread, run, run)[0].Note, StringComparison.Ordinal);
        Assert.Equal(Judgement.TooNoisy, P50Of(spread, run, Math.Exp(0.99 * limit)).Judgement);
        Assert.Equal(Judgement.Slower, P50Of(spread, run, Math.Exp(1.01 * limit)).Judgement);
        // The same holds for the runs of another machine.
        (IReadOnlyDictionary<string, ComparedCase> before, _, BetweenRuns known) = s_comparisons[0];
        Assert.All(
            new BetweenRunsRule(known, spreadApplies: false).Decide(before, before, s_cases),
            answer => Assert.Equal(Judgement.TooNoisy, answer.Judgement));
    }

    [Fact]
    public void Launches_that_differ_more_than_recorded_ones_widen_the_interval()
    {
        (IReadOnlyDictionary<string, ComparedCase> run, _, BetweenRuns spread) = s_comparisons[0];
        IReadOnlyDictionary<string, ComparedCase> wide = run.ToDictionary(one => one.Key, one => new ComparedCase(
            one.Value.Figures.ToDictionary(each => each.Key, each => each.Value with { High = each.Value.High * 4 })));

        Answer usual = P50Of(spread, run, 2);
        Answer widened = new BetweenRunsRule(spread, spreadApplies: true).Decide(wide, Slower(run, 2, _ => true), s_cases)[0];

        Assert.Equal((Judgement.Slower, Judgement.TooNoisy), (usual.Judgement, widened.Judgement));
        Assert.True(widened.High - widened.Low > 3 * (usual.High - usual.Low));
    }

    [Fact]
    public void Study_judges_each_pair_by_the_other_runs()
    {
        RunPool pool = new MadeUpRuns(3).Record(s_cases);

        var study = BetweenRunsStudy.Of(BetweenRuns.Of(pool));

        Assert.Equal(66, study.Pairs);
        Assert.InRange(study.Flagged, 0, 3);
        Assert.Equal([2, 1.5, 1.2, 1.1], study.Powers.Select(power => power.Factor));
        Assert.Equal(1, study.Powers[0].OfAllCases);
        Assert.InRange(study.Powers[0].OfOneCase, 0.9, 1);
        Assert.True(study.Powers[3].OfOneCase < 0.1);
        // A run that is twice as slow as all others is flagged in its 11 pairs, because its own difference does not judge them.
        RecordedRun odd = pool.Runs[5] with
        {
            Launches = [.. pool.Runs[5].Launches.Select(launch => launch.ToDictionary(one => one.Key, one => one.Value.Slower(2)))],
        };
        var withOdd = new RunPool(pool.Header, [.. pool.Runs.Take(5), odd, .. pool.Runs.Skip(6)]);
        Assert.InRange(BetweenRunsStudy.Of(BetweenRuns.Of(withOdd)).Flagged, 11, 14);
    }

    [Fact]
    public void Sittings_are_an_hour_apart_and_the_file_reads_back()
    {
        using var folder = new TemporaryFolder();
        RunPool pool = new MadeUpRuns(1).Record(s_cases[..2]);
        File.WriteAllBytes(folder.File(RunPool.FileName), pool.ToBytes());

        var read = RunPool.Read(folder.File(RunPool.FileName));

        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], read.Sittings);
        Assert.Equal(pool.Runs[7].Launches[5][s_cases[1]], read.Runs[7].Launches[5][s_cases[1]]);
        File.WriteAllText(folder.File("bad.gz"), "text");
        Assert.Contains(
            "bad.gz has no recorded runs", Assert.Throws<UnusableInputException>(() => RunPool.Read(folder.File("bad.gz"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Rule_uses_the_committed_runs_of_the_core_cases()
    {
        var committed = RunPool.Read(Path.Combine(SourceState.Root, "artifacts", "study", RunPool.FileName));

        Assert.Equal(committed.Runs.Count, BetweenRuns.Recorded.Runs);
        Assert.Equal(committed.Header.Conditions, BetweenRuns.Recorded.Header.Conditions);
        Assert.All(committed.Runs, run => Assert.Equal(committed.Header.Launches, run.Launches.Count));
        Assert.True(BetweenRuns.Recorded.Cases.Count(name => name.Split('/')[0] is "direct" or "service-binding" or "raw-fetch") >= 36);
    }

    [Fact]
    public void Docs_state_how_often_the_committed_runs_are_flagged()
    {
        var study = BetweenRunsStudy.Of(BetweenRuns.Recorded);
        MarkdownPage page = MarkdownPage.Read("docs/regression-gate.md");
        string text = string.Join(' ', page.Lines.Select(line => line.Trim()));

        Assert.Contains($"{study.Flagged} of {study.Pairs} pairs was flagged", text, StringComparison.Ordinal);
        Assert.All(study.Powers, power => Assert.Contains(
            FormattableString.Invariant($"|×{power.Factor:0.0}|{100 * power.OfAllCases:0}%|{100 * power.OfOneCase:0}%|"),
            page.Lines.Select(line => line.Replace(" ", "", StringComparison.Ordinal))));
    }

    private static IReadOnlyList<Answer> Decide(
        BetweenRuns spread, IReadOnlyDictionary<string, ComparedCase> before, IReadOnlyDictionary<string, ComparedCase> after) =>
        new BetweenRunsRule(spread, spreadApplies: true).Decide(before, after, s_cases);

    private static Answer P50Of(BetweenRuns spread, IReadOnlyDictionary<string, ComparedCase> run, double times) =>
        Decide(spread, run, Slower(run, times, _ => true))[0];

    private static Dictionary<string, ComparedCase> Slower(
        IReadOnlyDictionary<string, ComparedCase> run, double times, Func<string, bool> isSlower) => run.ToDictionary(
        one => one.Key,
        one => isSlower(one.Key)
            ? new ComparedCase(one.Value.Figures.ToDictionary(
                figure => figure.Key,
                figure => figure.Key == Metric.Allocated.Name ? figure.Value
                    : new Ranged(figure.Value.Value * times, figure.Value.Low * times, figure.Value.High * times)))
            : one.Value);
}
