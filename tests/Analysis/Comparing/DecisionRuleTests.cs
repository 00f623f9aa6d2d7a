using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Tests.Analysis.Comparing;

public class DecisionRuleTests
{
    private const int Pairs = 14;
    private const int Draws = 200;
    private const double Noise = 0.02;

    private static readonly DecisionRule s_rule = new(MadeUpPairs.Cases, Metric.All);

    [Fact]
    public void Identical_code_is_flagged_no_more_often_than_promised()
    {
        int flagged = Enumerable.Range(0, Draws).Count(seed => s_rule.Decide(MadeUpPairs.Of(Pairs, seed, Noise), seed).Any(answer => answer.IsFlag));

        // One error in a hundred is promised; of 200 draws 8 are beyond what chance makes of that once in 1 000 times.
        Assert.InRange(flagged, 0, 7);
    }

    [Theory]
    [InlineData(1.10, 190)]
    [InlineData(1.05, 150)]
    public void A_slower_case_is_found_and_no_other_is(double times, int least)
    {
        IReadOnlyList<Answer>[] draws = [.. Enumerable.Range(0, Draws).Select(seed => s_rule.Decide(
            MadeUpPairs.Of(Pairs, seed, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(times) : figures), seed))];

        Assert.InRange(draws.Count(answers => Of(answers, MadeUpPairs.Slowed, Metric.P50).Judgement == Judgement.Slower), least, Draws);
        Assert.InRange(draws.Count(answers => answers.Any(answer => answer.IsFlag && answer.Case is { } name && name != MadeUpPairs.Slowed)), 0, 7);
    }

    [Fact]
    public void A_tail_that_no_percentile_shows_is_found_among_the_slow_calls()
    {
        // Two calls in a hundred more: below p95, and less than half of what a p99 of pauses varies by.
        IReadOnlyList<Answer> answers = s_rule.Decide(
            MadeUpPairs.Of(Pairs, 1, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures with { SlowShare = figures.SlowShare + 0.02 } : figures), 1);

        Answer answer = Assert.Single(answers, answer => answer.IsFlag);
        Assert.Equal((MadeUpPairs.Slowed, Metric.SlowCalls, Judgement.Slower), (answer.Case, answer.Metric, answer.Judgement));
        Assert.InRange(answer.Change!.Value, 0.018, 0.022);
    }

    [Fact]
    public void What_moves_every_case_a_little_is_found_by_all_of_them_together()
    {
        IReadOnlyList<Answer> answers = s_rule.Decide(MadeUpPairs.Of(Pairs, 3, Noise, (_, figures) => figures with { P50Ns = figures.P50Ns * 1.027 }), 3);

        Answer answer = Assert.Single(answers, answer => answer.IsFlag);
        Assert.Null(answer.Case);
        Assert.Equal(Judgement.Slower, answer.Judgement);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(Pairs)]
    public void Base_and_head_exchanged_give_the_opposite_answer(int count)
    {
        Pairing[] pairs = MadeUpPairs.Of(count, 5, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1.3) : figures);

        IReadOnlyList<Answer> there = s_rule.Decide(pairs, 7);
        IReadOnlyList<Answer> back = s_rule.Decide([.. pairs.Select(pair => new Pairing(pair.Current, pair.Base))], 7);

        Assert.Contains(there, answer => answer.Judgement == Judgement.Slower);
        Assert.All(there.Zip(back), each =>
        {
            Assert.Equal(Opposite(each.First.Judgement), each.Second.Judgement);
            Assert.Equal(-each.First.Change!.Value, each.Second.Change!.Value, 12);
            Assert.Equal(-each.First.Low!.Value, each.Second.High!.Value, 12);
        });
    }

    [Fact]
    public void The_order_of_the_pairs_does_not_matter_where_all_sign_patterns_are_gone_through()
    {
        Pairing[] pairs = MadeUpPairs.Of(10, 8, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1.05) : figures);

        Assert.Equal(
            s_rule.Decide(pairs, 1).Select(answer => (answer.Name, answer.Metric.Name, answer.Judgement)),
            s_rule.Decide([.. pairs.Reverse()], 2).Select(answer => (answer.Name, answer.Metric.Name, answer.Judgement)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Too_few_pairs_flag_nothing_however_large_the_change(int count)
    {
        IReadOnlyList<Answer> answers = s_rule.Decide(MadeUpPairs.Of(count, 1, 0.001, (_, figures) => figures.Slower(10)), 1);

        Assert.DoesNotContain(answers, answer => answer.IsFlag);
        Assert.Equal(Judgement.TooNoisy, Of(answers, MadeUpPairs.Slowed, Metric.P50).Judgement);
        Assert.NotNull(Of(answers, MadeUpPairs.Slowed, Metric.P50).Note);
    }

    [Fact]
    public void The_same_change_in_every_pair_is_found_in_as_few_as_can_be_judged()
    {
        Assert.Null(DecisionRule.LevelOf(DecisionRule.LeastPairs - 1));

        IReadOnlyList<Answer> answers = s_rule.Decide(
            MadeUpPairs.Of(DecisionRule.LeastPairs, 1, 0, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1.3) : figures), 1);

        Assert.Equal(Judgement.Slower, Of(answers, MadeUpPairs.Slowed, Metric.P50).Judgement);
        Assert.All(answers.Where(answer => answer.Case is { } name && name != MadeUpPairs.Slowed), answer => Assert.Equal(Judgement.Same, answer.Judgement));
    }

    [Fact]
    public void One_pair_that_is_far_off_makes_no_change()
    {
        Pairing[] pairs = MadeUpPairs.Of(Pairs, 2, Noise);
        pairs[3] = pairs[3] with { Current = pairs[3].Current.ToDictionary(one => one.Key, one => one.Value.Slower(4)) };

        IReadOnlyList<Answer> answers = s_rule.Decide(pairs, 2);

        Assert.DoesNotContain(answers, answer => answer.IsFlag);
        Assert.Equal(Judgement.Same, Of(answers, MadeUpPairs.Slowed, Metric.P50).Judgement);
    }

    [Fact]
    public void Two_in_a_hundred_of_a_few_bytes_are_no_more_allocation_but_of_many_they_are()
    {
        Assert.Equal(Judgement.Same, Allocating(40, 55).Judgement);
        Assert.Equal(Judgement.Slower, Allocating(40, 57).Judgement);
        Assert.Equal(Judgement.Slower, Allocating(10_000, 10_250).Judgement);
        Assert.Equal(Judgement.Same, Allocating(10_000, 10_150).Judgement);
        Assert.Equal("more", Allocating(10_000, 10_250).Words);

        Answer Allocating(double before, double after) => Of(
            s_rule.Decide([.. MadeUpPairs.Of(Pairs, 1, Noise).Select(pair => new Pairing(With(pair.Base, before), With(pair.Current, after)))], 1),
            MadeUpPairs.Slowed, Metric.Allocated);

        static Dictionary<string, CaseFigures> With(IReadOnlyDictionary<string, CaseFigures> figures, double bytes) =>
            figures.ToDictionary(one => one.Key, one => one.Key == MadeUpPairs.Slowed ? one.Value with { AllocatedBytes = bytes } : one.Value);
    }

    [Fact]
    public void A_figure_that_one_pair_lacks_is_not_judged_by_the_others()
    {
        Pairing[] pairs = MadeUpPairs.Of(Pairs, 1, Noise, (_, figures) => figures.Slower(2));
        pairs[5] = pairs[5] with { Base = pairs[5].Base.ToDictionary(one => one.Key, one => one.Value with { P99Ns = null, Calls = 999 }) };

        Answer answer = Of(s_rule.Decide(pairs, 1), MadeUpPairs.Slowed, Metric.P99);

        Assert.Equal((Judgement.TooNoisy, (double?)null, $"not known in 1 of {Pairs}: it needs 1000 calls"), (answer.Judgement, answer.Change, answer.Note));
    }

    [Fact]
    public void What_is_too_noisy_says_what_could_have_been_seen_and_what_it_needs()
    {
        Answer answer = Of(s_rule.Decide(MadeUpPairs.Of(Pairs, 4, 0.15), 4), MadeUpPairs.Slowed, Metric.P50);

        Assert.Equal(Judgement.TooNoisy, answer.Judgement);
        Assert.InRange(answer.Visible!.Value, 0.05, 1);
        Assert.InRange(answer.PairsNeeded!.Value, Pairs + 1, 10_000);
        // With so many of them it is decided.
        Answer later = Of(s_rule.Decide(MadeUpPairs.Of(2 * answer.PairsNeeded.Value, 4, 0.15), 4), MadeUpPairs.Slowed, Metric.P50);
        Assert.Equal(Judgement.Same, later.Judgement);
    }

    [Fact]
    public void A_flag_that_new_pairs_do_not_show_is_none()
    {
        Pairing[] first = MadeUpPairs.Of(Pairs, 1, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1.08) : figures);
        Pairing[] second = MadeUpPairs.Of(Pairs, 2, Noise);
        Assert.Contains(s_rule.Decide(first, 1), answer => answer.IsFlag);

        Assert.DoesNotContain(s_rule.Decide(first, second, 1), answer => answer.IsFlag);
    }

    [Fact]
    public void A_flag_that_new_pairs_show_too_has_their_figures()
    {
        Pairing[] first = MadeUpPairs.Of(Pairs, 1, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1.30) : figures);
        Pairing[] second = MadeUpPairs.Of(Pairs, 2, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1.10) : figures);

        Answer answer = Of(s_rule.Decide(first, second, 1), MadeUpPairs.Slowed, Metric.P50);

        Assert.Equal(Judgement.Slower, answer.Judgement);
        Assert.InRange(Math.Exp(answer.Change!.Value), 1.07, 1.13);
    }

    [Fact]
    public void New_pairs_that_show_the_opposite_confirm_nothing()
    {
        Pairing[] first = MadeUpPairs.Of(Pairs, 1, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1.2) : figures);
        Pairing[] second = MadeUpPairs.Of(Pairs, 2, Noise, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1 / 1.2) : figures);

        Assert.DoesNotContain(s_rule.Decide(first, second, 1), answer => answer.IsFlag);
    }

    private static Answer Of(IReadOnlyList<Answer> answers, string name, Metric metric) =>
        answers.Single(answer => answer.Case == name && answer.Metric == metric);

    private static Judgement Opposite(Judgement judgement) => judgement switch
    {
        Judgement.Slower => Judgement.Faster,
        Judgement.Faster => Judgement.Slower,
        var other => other,
    };
}
