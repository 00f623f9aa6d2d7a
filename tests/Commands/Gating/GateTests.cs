using System.Text;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Commands.Gating;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Analysis.Comparing;

namespace WorkerRpc.Tests.Commands.Gating;

public class GateTests
{
    private const int Pairs = 8;
    private const double Noise = 0.005;

    private readonly List<string> _progress = [];

    [Fact]
    public async Task Same_code_is_the_same_and_controls_work()
    {
        Comparison comparison = await RunAsync(Scripted(head: null));

        Assert.Equal(
            (
                ComparisonOutcome.NothingSlower,
                "nothing slower: p50, p95, p99, mean, allocated, slow calls same in 6 of 6 cases"),
            (comparison.Outcome, comparison.Verdict));
        Assert.Equal("controls: identical code silent, +10 % found", comparison.Controls);
        Assert.Empty(comparison.Failures);
        Assert.Contains($"{Pairs} pairs", comparison.Basis[0], StringComparison.Ordinal);
        Assert.DoesNotContain("to confirm", comparison.Basis[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slower_head_is_confirmed_by_a_second_batch()
    {
        Comparison comparison = await RunAsync(Scripted((name, figures) =>
            name.StartsWith("service-binding/", StringComparison.Ordinal) ? figures.Slower(3.1) : figures));

        Assert.Equal(ComparisonOutcome.Slower, comparison.Outcome);
        Assert.StartsWith("slower: service-binding/echo/1KB p50 +2", comparison.Verdict, StringComparison.Ordinal);
        Assert.Contains("service-binding/echo/10KB p50", comparison.Verdict, StringComparison.Ordinal);
        Assert.DoesNotContain("raw-fetch", comparison.Verdict, StringComparison.Ordinal);
        Assert.Contains("14 more of 2 cases to confirm", comparison.Basis[0], StringComparison.Ordinal);
        Assert.Equal(Pairs + 14, _progress.Count(line => line.StartsWith("pair ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Head_slower_only_in_first_batch_is_not_slower()
    {
        Comparison comparison = await RunAsync(number =>
            One(number, number <= Pairs ? (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(1.2) : figures : null));

        Assert.NotEqual(ComparisonOutcome.Slower, comparison.Outcome);
        Assert.Empty(comparison.Changed);
    }

    [Fact]
    public async Task Faster_head_passes_and_is_named()
    {
        Comparison comparison = await RunAsync(
            Scripted((name, figures) => name == "raw-fetch/echo/1KB" ? figures.Slower(0.5) : figures));

        Assert.Equal(ComparisonOutcome.NothingSlower, comparison.Outcome);
        Assert.StartsWith("nothing slower; faster: raw-fetch/echo/1KB p50 -5", comparison.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verdict_is_NotKnown_when_the_control_is_not_found()
    {
        Comparison comparison = await RunAsync(number =>
            One(number, (_, figures) => figures.Slower(2), control: (_, figures) => figures));

        Assert.Equal(ComparisonOutcome.NotKnown, comparison.Outcome);
        Assert.StartsWith(
            "gate not working: identical code silent, NOT FOUND: +10 % in service-binding/echo/1KB",
            comparison.Verdict,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verdict_is_NotKnown_when_identical_code_is_flagged()
    {
        Comparison comparison = await RunAsync(number => One(number, null, control: (_, figures) => figures.Slower(1.2)));

        Assert.Equal(ComparisonOutcome.NotKnown, comparison.Outcome);
        Assert.Contains("IDENTICAL CODE FLAGGED: direct/echo/1KB p50 +2", comparison.Controls, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verdict_is_NotKnown_when_pairs_are_too_noisy()
    {
        Comparison comparison = await RunAsync(number => MadeUpPairs.OfGate(1, number, Noise, (name, figures) =>
            name == "raw-fetch/echo/1KB" ? figures.Slower(number % 2 == 0 ? 1.4 : 1 / 1.4) : figures)[0] with
        { Number = number });

        Assert.Equal(ComparisonOutcome.NotKnown, comparison.Outcome);
        Assert.StartsWith(
            "not known: nothing slower was found; p50, p95, p99, mean same in 5 of 6 cases", comparison.Verdict, StringComparison.Ordinal);
        Assert.Matches(@"not decided: p50 in 1 \(would have seen ±\d+\.\d %, raw-fetch/echo/1KB\)", comparison.Verdict);
    }

    [Fact]
    public async Task Noisy_p95_alone_does_not_prevent_a_verdict()
    {
        Comparison comparison = await RunAsync(number => MadeUpPairs.OfGate(1, number, Noise, (name, figures) =>
            name == MadeUpPairs.Slowed ? figures with { P95Ns = figures.P95Ns * (number % 2 == 0 ? 2 : 0.5) } : figures)[0] with
        { Number = number });

        Assert.Equal(ComparisonOutcome.NothingSlower, comparison.Outcome);
        Assert.Contains(comparison.Answers, answer => answer.Metric == Metric.P95 && answer.Judgement == Judgement.TooNoisy);
    }

    [Fact]
    public async Task Failed_pair_is_reported_and_the_others_count()
    {
        Comparison comparison = await RunAsync(number => number == 3 ? throw new TurnFailedException("head hangs") : One(number, null));

        Assert.Equal((ComparisonOutcome.Failed, "failed: pair 3: head hangs"), (comparison.Outcome, comparison.Verdict));
        Assert.Contains(comparison.Answers, answer => answer.Judgement == Judgement.Same);
        Assert.Equal("controls: identical code silent, +10 % found", comparison.Controls);
    }

    [Fact]
    public async Task Gate_gives_up_after_three_failed_pairs()
    {
        int measured = 0;

        Comparison comparison = await RunAsync(number =>
        {
            measured++;
            throw new TurnFailedException("head: raw-fetch/echo/1KB gives a wrong answer");
        });

        Assert.Equal((3, ComparisonOutcome.Failed), (measured, comparison.Outcome));
        Assert.Empty(comparison.Answers);
        Assert.Null(comparison.Controls);
    }

    [Fact]
    public void Control_is_a_delegating_case_if_one_is_selected()
    {
        Assert.Equal("service-binding/echo/1KB", GateCases.InjectionOf(MadeUpPairs.Cases).Case);
        Assert.Equal("raw-fetch/echo/10KB", GateCases.InjectionOf(["direct/echo/10KB", "raw-fetch/echo/10KB"]).Case);
        Assert.Equal("direct/echo/10KB", GateCases.InjectionOf(["direct/echo/10KB"]).Case);
    }

    [Fact]
    public void Default_cases_are_every_own_method_and_gRPC_with_two_sizes()
    {
        string[] cases = [.. GateCases.Default.Select(id => id.ToString())];

        Assert.Equal(84, cases.Length);
        Assert.Contains("grpc/transform/100KB", cases);
        Assert.Contains("capnweb-batch/compute/1KB", cases);
        Assert.DoesNotContain(cases, name => name.StartsWith("stream-json-rpc/", StringComparison.Ordinal));
        Assert.Contains("payloads 100B, 10KB", GateCases.NotLookedAt(cases), StringComparison.Ordinal);
        Assert.Contains("methods stream-json-rpc, raw-fetch-new-connection", GateCases.NotLookedAt(cases), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_slow_process_in_five_is_not_the_same()
    {
        const int Batch = 10;
        GateComparison compared = await RunGateAsync(pairs: Batch, measured: number => One(
            number, number % 5 == 0 ? (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(2) : figures : null));

        Answer p50 = compared.OfBase.Answers.Single(answer => answer.Case == MadeUpPairs.Slowed && answer.Metric == Metric.P50);
        Assert.Equal("perhaps some processes slower", p50.Words);
        Assert.StartsWith("7 of 36 pairs by +", p50.Note, StringComparison.Ordinal);
        Assert.Equal(ComparisonOutcome.NotKnown, compared.OfBase.Outcome);
        Assert.Contains("some processes may be slower than the others: more pairs have to show it", _progress);
    }

    [Fact]
    public async Task Slow_processes_only_in_the_first_batch_need_no_long_second_batch()
    {
        const int Batch = 10;
        GateComparison compared = await RunGateAsync(pairs: Batch, measured: number => One(
            number, number is 5 or 10 ? (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(2) : figures : null));

        Assert.Equal(Batch + 14, _progress.Count(line => line.StartsWith("pair ", StringComparison.Ordinal)));
        Assert.DoesNotContain(compared.OfBase.Answers, answer => answer.IsFlag);
    }

    [Fact]
    public async Task Two_slow_processes_in_five_are_reported_as_some()
    {
        Comparison comparison = await RunAsync(number => One(
            number, number % 5 < 2 ? (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(2) : figures : null));

        Assert.Equal(ComparisonOutcome.Slower, comparison.Outcome);
        Assert.Contains("some processes slower: 1", comparison.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Older_release_has_an_answer_of_its_own()
    {
        GateComparison compared = await RunGateAsync(
            number =>
            {
                Pair pair = One(number, null);
                return pair with { Release = pair.Base.ToDictionary(one => one.Key, one => one.Value.Slower(1 / 1.2)) };
            },
            release: "v1.0 (abc)");

        Assert.Equal(ComparisonOutcome.NothingSlower, compared.OfBase.Outcome);
        Assert.Equal(("v1.0 (abc)", ComparisonOutcome.Slower), (compared.OfRelease!.Base, compared.OfRelease.Outcome));
    }

    [Theory]
    [InlineData("gate.md")]
    [InlineData("gate.csv")]
    [InlineData("gate.json")]
    public async Task Gate_file_matches_its_golden_file(string file)
    {
        Comparison comparison = await RunAsync(Scripted((name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(3) : figures));

        // Replaces the description of this machine.
        comparison = comparison with { Basis = [comparison.Basis[0], "a <machine>"] };

        Golden.RequireSame(
            "Commands/Gating/Golden/" + file,
            ComparisonFiles.Of(comparison, "gate", (int)comparison.Outcome.ToExitCode())[file]);
    }

    [Fact]
    public async Task Comment_ends_with_controls_and_ignores_the_culture()
    {
        Comparison comparison = await RunAsync(Scripted(head: null));
        IReadOnlyDictionary<string, byte[]> files = ComparisonFiles.Of(comparison, "gate", (int)comparison.Outcome.ToExitCode());
        using (new CommaCulture())
        {
            Assert.All(
                ComparisonFiles.Of(comparison, "gate", (int)comparison.Outcome.ToExitCode()),
                file => Assert.Equal(files[file.Key], file.Value));
        }

        Assert.EndsWith(
            "\ncontrols: identical code silent, +10 % found\n", Encoding.UTF8.GetString(files["gate.md"]), StringComparison.Ordinal);
    }

    private static Func<int, Pair> Scripted(Func<string, CaseFigures, CaseFigures>? head) => number => One(number, head);

    private static Pair One(
        int number, Func<string, CaseFigures, CaseFigures>? head, Func<string, CaseFigures, CaseFigures>? control = null) =>
        MadeUpPairs.OfGate(1, 100 + number, Noise, head, control)[0] with { Number = number };

    private async Task<Comparison> RunAsync(Func<int, Pair> measured) => (await RunGateAsync(measured)).OfBase;

    private Task<GateComparison> RunGateAsync(
        Func<int, Pair> measured, string? release = null, int pairs = Pairs) => new Gate(
        (plan, _, _) => Task.FromResult(measured(plan.Number)), MadeUpPairs.Cases, pairs, seed: 11, _progress.Add)
        {
            Base = "main (0123456789)",
            Head = "the work tree <b>|</b>",
            Release = release,
            PayloadKind = PayloadKind.Text,
            Warnings = ["not part of the head: a|b.cs"],
        }.RunAsync(TestContext.Current.CancellationToken);
}
