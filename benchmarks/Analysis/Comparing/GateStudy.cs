using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>How many pairs a gate run has.</summary>
/// <param name="Screening">The number of pairs in the first batch.</param>
/// <param name="Confirming">The number of pairs in the second batch.</param>
/// <param name="ConfirmingSome">The number of pairs in the second batch if <see cref="DecisionRule.NeedsMorePairs"/>.</param>
internal sealed record GatePairs(int Screening, int Confirming, int ConfirmingSome);

/// <summary>Counts of many simulated gate runs with the same kind of change.</summary>
/// <param name="Runs">The number of simulated runs.</param>
/// <param name="Flagged">The runs that reported any change as worse or better.</param>
/// <param name="Found">The runs that reported the change that was made: worse, in a case that has it.</param>
/// <param name="WithSuspects">The runs with a second batch.</param>
/// <param name="Long">The runs whose second batch needed more pairs.</param>
/// <param name="Suspects">The mean number of suspected cases in a run.</param>
/// <param name="Undecided">The mean number of cases in a run whose p50 or mean is neither changed nor the same.</param>
/// <param name="Open">The runs whose outcome is "not known".</param>
/// <param name="SaidSame">
/// The runs in which the p50 or the mean of a changed case is "the same" although the change is beyond the figure's band for "the same".
/// </param>
/// <param name="SaidSome">The runs that say of a changed case that some of its processes are slower, or perhaps are.</param>
internal sealed record StudyCounts(
    int Runs, int Flagged, int Found, int WithSuspects, int Long, double Suspects, double Undecided, int Open, int SaidSame, int SaidSome);

/// <summary>
/// Draws gate runs at random from a pool of measured pairs, and counts the answers of the decision rule. The changes are those that the
/// control's delays made, or recorded figures of identical code multiplied by a factor.
/// </summary>
/// <param name="pool">The measured pairs.</param>
/// <param name="pairs">The numbers of pairs of a run.</param>
/// <param name="interrupted">A token that ends a simulation with an <see cref="OperationCanceledException"/>.</param>
internal sealed class GateStudy(StudyPool pool, GatePairs pairs, CancellationToken interrupted = default)
{
    /// <summary>
    /// Simulates runs of identical code. In each run, base and head swap places at random in each pair. That changes nothing if the code is
    /// identical, and makes more different runs than the pool's pairs alone.
    /// </summary>
    public StudyCounts Identical(int runs) => Simulate(runs, swaps: true, (pair, _) => Sides(pair), _ => false, 0);

    /// <summary>
    /// Simulates as many runs of identical code as the pool's pairs suffice for if no two runs share a pair. The pairs keep their order.
    /// </summary>
    public IEnumerable<StudyCounts> IdenticalRunsApart()
    {
        int each = pairs.Screening + pairs.Confirming;
        for (int from = 0; from + each <= pool.Pairs.Count; from += each)
        {
            Pairing[] sides = [.. pool.Pairs.Skip(from).Take(each).Select(pair => Sides(pair))];
            yield return Count([Run(sides, from)], _ => false, 0);
        }
    }

    /// <summary>Simulates runs in which the cases that are chosen became slower by a factor.</summary>
    /// <param name="runs">The number of runs.</param>
    /// <param name="isSlower">Chooses the slower cases.</param>
    /// <param name="times">The factor of all times. 1.1 is 10 % slower.</param>
    public StudyCounts Scaled(int runs, Func<string, bool> isSlower, double times) =>
        Simulate(runs, swaps: true, (pair, _) => Slower(pair, isSlower, times), isSlower, Math.Log(times));

    /// <summary>Simulates runs in which one process in a few is slower by a factor.</summary>
    /// <param name="runs">The number of runs.</param>
    /// <param name="name">The short name of the slower case.</param>
    /// <param name="every">One process in this many is slower.</param>
    /// <param name="times">The factor of all times.</param>
    public StudyCounts OneProcessIn(int runs, string name, int every, double times) => Simulate(
        runs,
        swaps: true,
        (pair, random) => random.Next(every) == 0 ? Slower(pair, other => other == name, times) : Sides(pair),
        other => other == name,
        Math.Log(1 + ((times - 1) / every)));

    /// <summary>Simulates runs in which one case has the delay that the control had when the pool was recorded.</summary>
    /// <param name="runs">The number of runs.</param>
    /// <param name="name">The short name of the case.</param>
    public StudyCounts Injected(int runs, string name) => Simulate(
        runs,
        swaps: false,
        (pair, _) => new Pairing(pair.Base, new Dictionary<string, CaseFigures>(pair.Head) { [name] = pair.Control[name] }),
        other => other == name,
        Math.Log(1 + pool.Pairs[0].Injection!.Share!.Value));

    /// <summary>
    /// Computes how much a figure varies between identical builds: the root mean square of its changes over the pool's pairs. Returns null
    /// if the figure is missing in a pair.
    /// </summary>
    public double? Noise(string caseName, Metric metric) =>
        RootMeanSquare([.. pool.Pairs.Select(pair => metric.Change(pair.Base[caseName], pair.Head[caseName]))]);

    /// <summary>
    /// Computes the median change that the control's delay made to a figure. Returns null if the figure is missing in a pair.
    /// </summary>
    public double? MedianInjected(string caseName, Metric metric)
    {
        double?[] changes = [.. pool.Pairs.Select(pair => metric.Change(pair.Base[caseName], pair.Control[caseName])).Order()];
        return changes[0] is null ? null : changes[changes.Length / 2];
    }

    private static double? RootMeanSquare(double?[] changes) =>
        changes.Any(change => change is null) ? null : Math.Sqrt(changes.Average(change => change!.Value * change.Value));

    private static Pairing Sides(Pair pair) => new(pair.Base, pair.Head);

    private static Pairing Slower(Pair pair, Func<string, bool> isSlower, double times) => new(
        pair.Base, pair.Head.ToDictionary(one => one.Key, one => isSlower(one.Key) ? one.Value.Times(times) : one.Value));

    private StudyCounts Simulate(int runs, bool swaps, Func<Pair, Random, Pairing> side, Func<string, bool> isChanged, double change)
    {
        if (pool.Pairs.Count < 2 * pairs.Screening)
        {
            throw new UnusableInputException(FormattableString.Invariant(
                $"The pool has {pool.Pairs.Count} pairs; a run with two batches of {pairs.Screening} needs {2 * pairs.Screening}."));
        }

        var drawn = new SimulatedRun[runs];
        Parallel.For(0, runs, new ParallelOptions { CancellationToken = interrupted }, number =>
        {
            var random = new Random(unchecked((pool.Header.Seed * 397) ^ number));
            Pair[] shuffled = [.. pool.Pairs];
            random.Shuffle(shuffled);
            Pairing[] sides = [.. shuffled.Select(pair => side(
                swaps && random.Next(2) == 0 ? pair with { Base = pair.Head, Head = pair.Base } : pair, random))];
            drawn[number] = Run(sides, number);
        });
        return Count(drawn, isChanged, change);
    }

    // Runs the gate's rule on pairs: the first are the first batch, and as many of the others as are needed are the second.
    private SimulatedRun Run(Pairing[] sides, int seed)
    {
        var rule = new DecisionRule(pool.Header.Cases, Metric.All);
        Pairing[] first = sides[..pairs.Screening];
        IReadOnlyList<Suspect> suspects = rule.Suspects(first);
        Pairing[] second = suspects.Count == 0 ? [] : Next(pairs.Confirming);
        bool isLong = rule.NeedsMorePairs(suspects, second);
        return new SimulatedRun(
            rule.Confirm(first, suspects, isLong ? Next(pairs.ConfirmingSome) : second, seed), suspects, isLong);

        Pairing[] Next(int count) => sides[pairs.Screening..Math.Min(pairs.Screening + count, sides.Length)];
    }

    private static StudyCounts Count(SimulatedRun[] drawn, Func<string, bool> isChanged, double change)
    {
        return new StudyCounts(
            drawn.Length,
            drawn.Count(run => run.Answers.Any(answer => answer.IsFlag)),
            drawn.Count(run => run.Answers.Any(answer => answer.IsWorse && (answer.Case is null || isChanged(answer.Case)))),
            drawn.Count(run => run.Suspects.Count > 0),
            drawn.Count(run => run.IsLong),
            drawn.Average(run => run.Suspects.Select(suspect => suspect.Case).Distinct().Count()),
            drawn.Average(run =>
                run.Answers.Where(answer => IsTime(answer) && answer.IsUndecided).Select(answer => answer.Case).Distinct().Count()),
            drawn.Count(run => run.Answers.Any(answer => answer.IsOpen) && !run.Answers.Any(answer => answer.IsWorse)),
            drawn.Count(run => run.Answers.Any(answer => IsTime(answer) && IsOfChanged(answer) && IsWronglySame(answer))),
            drawn.Count(run => run.Answers.Any(answer =>
                IsOfChanged(answer) && answer.Judgement is (Judgement.SomeSlower or Judgement.PerhapsSomeSlower))));

        bool IsWronglySame(Answer answer) => answer.Judgement == Judgement.Same && answer.Metric.BandAsChange < change;

        bool IsOfChanged(Answer answer) => answer.Case is { } name && isChanged(name);

        static bool IsTime(Answer answer) => answer.Case is not null && (answer.Metric == Metric.P50 || answer.Metric == Metric.Mean);
    }

    private sealed record SimulatedRun(IReadOnlyList<Answer> Answers, IReadOnlyList<Suspect> Suspects, bool IsLong);
}
