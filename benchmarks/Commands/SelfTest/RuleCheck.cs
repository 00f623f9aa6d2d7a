using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands.Gating;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>
/// Tests the gate's rule with processes of known speed. All processes run this build. The head takes twice as long in one process of
/// five, and the control takes 10 % longer in every case. The gate's rule must find both, and must not report a change of the other heads.
/// </summary>
/// <param name="measure">Measures one pair.</param>
/// <param name="seed">The seed of all random choices.</param>
/// <param name="reportProgress">Receives lines about the progress.</param>
internal sealed class RuleCheck(MeasurePair measure, int seed, Action<string> reportProgress)
{
    /// <summary>The short names of the measured cases: the gate's own kinds of transport, with calls of 10 to 100 µs.</summary>
    public static readonly IReadOnlyList<string> Cases =
    [
        "service-binding/echo/1KB",
        "service-binding-messagepack/echo/1KB",
        "capnweb/echo/1KB",
        "raw-fetch/echo/1KB",
        "grpc/echo/1KB",
    ];

    // One pair of this number has a slow head. That makes two in the first batch: the rule does not suspect one alone.
    private const int PairsPerSlowHead = 5;

    private static readonly Injection s_twice = Injection.OfP50(null, 1);
    private static readonly Injection s_tenPercent = Injection.OfP50(null, 0.10);

    private static readonly KnownSpeed s_someSlow = new(
        "head",
        "one process of five takes twice as long",
        "caught: some, or perhaps some, processes slower",
        "NOT CAUGHT",
        pair => GateResult.HeadOf(pair.Pair),
        WrongAboutSome);

    private static readonly KnownSpeed s_allSlow = new(
        "control",
        "every case takes 10 % longer",
        "caught: slower",
        "NOT CAUGHT",
        pair => GateResult.ControlOf(pair.Pair),
        WrongAboutAll);

    private static readonly KnownSpeed s_same = new(
        "the other heads",
        "the same code",
        "holds: no change",
        "FALSE ALARM",
        pair => pair.HasSlowHead ? null : GateResult.HeadOf(pair.Pair),
        answers => answers.Where(answer => answer.IsFlag));

    private readonly DecisionRule _rule = new(Cases, Metric.All);
    private readonly Random _random = new(seed);
    private int _pairs;

    /// <summary>Measures two batches of pairs, as the gate does, and checks the answers of the gate's rule.</summary>
    /// <exception cref="SelfTestFailedException">A pair could not be measured.</exception>
    public async Task<RuleFindings> RunAsync(CancellationToken interrupted)
    {
        GatePairs counts = Gate.PairsOf(Gate.DefaultPairs);
        var first = new List<TestedPair>();
        await MeasureAsync(first, counts.Screening, withControl: true, interrupted);
        KnownSpeed[] all = [s_someSlow, s_allSlow, s_same];
        var second = new List<TestedPair>();
        if (all.Any(speed => SuspectsOf(speed, first).Count > 0))
        {
            await MeasureAsync(second, counts.Confirming, withControl: true, interrupted);
        }

        KnownSpeed[] longer = [.. all.Where(speed => _rule.NeedsMorePairs(SuspectsOf(speed, first), PairingsOf(speed, second)))];
        List<TestedPair> more = [.. second];
        if (longer.Length > 0)
        {
            await MeasureAsync(more, counts.ConfirmingSome, withControl: longer.Contains(s_allSlow), interrupted);
        }

        return new RuleFindings(
            [.. all.Select(speed => Judge(speed, first, longer.Contains(speed) ? more : second))],
            [.. first.Concat(more).Where(pair => pair.HasSlowHead).Select(pair => pair.Pair.Number)],
            first.Count,
            more.Count);
    }

    // A case is neither the same nor slower as a whole. Noise may hide the slow processes in fewer than half of the cases.
    private static IEnumerable<Answer> WrongAboutSome(IReadOnlyList<Answer> answers)
    {
        Answer[] judged = [.. answers.Where(answer => answer.Metric.FindsSlowProcesses)];
        int named = judged.Where(IsOfSome).Select(answer => answer.Case).Distinct().Count();
        return judged.Where(answer => !IsOfSome(answer) && (2 * named <= Cases.Count || answer.Judgement != Judgement.TooNoisy));
    }

    private static IEnumerable<Answer> WrongAboutAll(IReadOnlyList<Answer> answers)
    {
        Answer[] p50s = [.. answers.Where(answer => answer.Metric.Name == Metric.P50.Name)];
        return p50s.Any(answer => answer is { Case: null, Judgement: Judgement.Slower })
            ? p50s.Where(answer => answer.Judgement is not (Judgement.Slower or Judgement.TooNoisy))
            : p50s.Where(answer => answer.Judgement != Judgement.Slower);
    }

    private static bool IsOfSome(Answer answer) => answer.Judgement is Judgement.SomeSlower or Judgement.PerhapsSomeSlower;

    private static Pairing[] PairingsOf(KnownSpeed speed, IEnumerable<TestedPair> pairs) =>
        [.. pairs.Select(speed.Pairing).OfType<Pairing>()];

    private IReadOnlyList<Suspect> SuspectsOf(KnownSpeed speed, List<TestedPair> first) => _rule.Suspects(PairingsOf(speed, first));

    private RuleFinding Judge(KnownSpeed speed, List<TestedPair> first, List<TestedPair> second)
    {
        Pairing[] screened = PairingsOf(speed, first);
        Pairing[] confirming = PairingsOf(speed, second);
        IReadOnlyList<Answer> answers = _rule.Confirm(screened, _rule.Suspects(screened), confirming, seed);
        Answer[] wrong = [.. speed.WrongOf(answers)];
        string result = wrong.Length == 0
            ? speed.Right
            : $"{speed.Failure}: {string.Join(", ", wrong.Select(answer => $"{answer.Name} {answer.Metric.Name} {answer.Words}"))}";
        return new RuleFinding(speed.Process, speed.Speed, screened.Length + confirming.Length, answers, wrong, result);
    }

    // Adds pairs to a batch until it has the given number of pairs, and a slow head in one pair of five.
    private async Task MeasureAsync(List<TestedPair> batch, int count, bool withControl, CancellationToken interrupted)
    {
        bool[] slow = new bool[count - batch.Count];
        slow.AsSpan(0, (count / PairsPerSlowHead) - batch.Count(pair => pair.HasSlowHead)).Fill(true);
        _random.Shuffle(slow);
        foreach (bool isSlow in slow)
        {
            // To save time, the pairs of the second batch are as short as those of the first, unlike the gate's.
            var plan = new PairPlan(++_pairs, Cases, withControl ? s_tenPercent : null, Gate.ScreeningRounds)
            {
                HeadInjection = isSlow ? s_twice : null,
            };
            reportProgress(FormattableString.Invariant($"the gate's rule, pair {batch.Count + 1}/{count}"));
            try
            {
                batch.Add(new TestedPair(await measure(plan, seed, interrupted), isSlow));
            }
            catch (Exception e) when (e is TurnFailedException or UnusableInputException)
            {
                throw new SelfTestFailedException($"pair {_pairs} could not be measured: {e.Message}");
            }
        }
    }

    private sealed record TestedPair(Pair Pair, bool HasSlowHead);

    /// <summary>Processes whose speed compared with the base is known.</summary>
    /// <param name="Process">The name of the processes.</param>
    /// <param name="Speed">The known difference from the base.</param>
    /// <param name="Right">The result if no answer is wrong.</param>
    /// <param name="Failure">The result, without the wrong answers, if an answer is wrong.</param>
    /// <param name="Pairing">Pairs the base's figures with those of the process. Returns null if the pair does not count.</param>
    /// <param name="WrongOf">Returns the wrong ones of the rule's answers.</param>
    private sealed record KnownSpeed(
        string Process,
        string Speed,
        string Right,
        string Failure,
        Func<TestedPair, Pairing?> Pairing,
        Func<IReadOnlyList<Answer>, IEnumerable<Answer>> WrongOf);
}

/// <summary>The answers of the gate's rule about processes of known speed.</summary>
/// <param name="Process">The name of the processes that were compared with the base.</param>
/// <param name="Speed">The known difference from the base.</param>
/// <param name="Pairs">The number of compared pairs.</param>
/// <param name="Answers">The rule's answers.</param>
/// <param name="Wrong">The wrong ones of the rule's answers.</param>
/// <param name="Result">The result in words.</param>
internal sealed record RuleFinding(
    string Process, string Speed, int Pairs, IReadOnlyList<Answer> Answers, IReadOnlyList<Answer> Wrong, string Result)
{
    public bool Holds => Wrong.Count == 0;

    /// <summary>The cells of the finding's row in the self-test's table.</summary>
    public IReadOnlyList<string> Row =>
    [
        FormattableString.Invariant($"{Process}, {Pairs} pairs"),
        Speed,
        string.Join(", ", ShownAnswers()),
        Result,
    ];

    // Counts equal answers, with the range of their changes. Only p50 and mean show slow processes, so other metrics are left out unless
    // they changed.
    private IEnumerable<string> ShownAnswers() =>
        from answer in Answers
        where answer.IsFlag || answer.Metric.FindsSlowProcesses
        group answer by (answer.Metric.Name, answer.Words) into equal
        let changes = equal.Select(answer => answer.Change).OfType<double>().ToArray()
        let metric = equal.First().Metric
        select FormattableString.Invariant($"{equal.Count()} {metric.Name} {equal.Key.Words}")
            + (changes.Length > 0 ? $" ({metric.WriteChange(changes.Min())} to {metric.WriteChange(changes.Max())})" : "");
}

/// <summary>The result of testing the gate's rule.</summary>
/// <param name="All">The answers about all processes of known speed.</param>
/// <param name="SlowPairs">The numbers of the pairs with a slow head.</param>
/// <param name="First">The number of pairs in the first batch.</param>
/// <param name="Second">The number of pairs in the second batch.</param>
internal sealed record RuleFindings(IReadOnlyList<RuleFinding> All, IReadOnlyList<int> SlowPairs, int First, int Second)
{
    /// <summary>The wrong answers, with the processes that they are about. Empty if all answers are right.</summary>
    public IReadOnlyList<string> Failures =>
        [.. All.Where(finding => !finding.Holds).Select(finding => $"{finding.Process}, {finding.Speed}: {finding.Result}")];

    /// <summary>A sentence about the slow heads.</summary>
    public string Basis => FormattableString.Invariant($"{First} pairs and {Second} more to confirm, all of this build. ")
        + FormattableString.Invariant($"Slow heads: {SlowPairs.Count(pair => pair <= First)} of the first pairs and ")
        + FormattableString.Invariant($"{SlowPairs.Count(pair => pair > First)} of the others, at random places ")
        + $"(pairs {string.Join(", ", SlowPairs)}). Only the places are chance, not their number.";
}
