namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>How often a slow-down of a known size is found in recorded runs whose times are multiplied by a factor.</summary>
/// <param name="Factor">The factor.</param>
/// <param name="OfAllCases">The share of the pairs, from 0 to 1, in which the slow-down of all cases is flagged.</param>
/// <param name="OfOneCase">The share of all pairs and cases, from 0 to 1, in which the slow-down of that case is flagged.</param>
internal sealed record BetweenRunsPower(double Factor, double OfAllCases, double OfOneCase);

/// <summary>
/// How often <see cref="BetweenRunsRule"/> is wrong. Each pair of recorded runs is compared, with the spread of all other runs.
/// </summary>
/// <param name="Pairs">The number of pairs of runs.</param>
/// <param name="Flagged">The number of pairs in which a figure is flagged, although the code is identical.</param>
/// <param name="FlaggedAnswers">The flagged answers, as text.</param>
/// <param name="AllSame">The number of pairs in which every figure that decides is the same.</param>
/// <param name="Powers">How often slow-downs are found.</param>
internal sealed record BetweenRunsStudy(
    int Pairs, int Flagged, IReadOnlyList<string> FlaggedAnswers, int AllSame, IReadOnlyList<BetweenRunsPower> Powers)
{
    /// <summary>The least number of runs of a study: without the two runs of a pair, the spread must still be known.</summary>
    public const int LeastRuns = BetweenRuns.LeastRuns + 2;

    private static readonly double[] s_factors = [2, 1.5, 1.2, 1.1];

    /// <summary>Compares all pairs of runs. There must be at least <see cref="LeastRuns"/> runs.</summary>
    public static BetweenRunsStudy Of(BetweenRuns runs)
    {
        LeftOutPair[] pairs = [.. runs.LeavingPairsOut()];
        Answer[][] answers = [.. pairs.Select(pair => Decide(pair, 1))];
        return new BetweenRunsStudy(
            pairs.Length,
            answers.Count(pair => pair.Any(answer => answer.IsFlag)),
            [
                .. answers.SelectMany(pair => pair.Where(answer => answer.IsFlag))
                    .Select(answer => $"{answer.Name} {answer.Metric.Name} {answer.Metric.WriteChange(answer.Change!.Value)}"),
            ],
            answers.Count(pair => !pair.Any(answer => answer.IsFlag || answer.IsOpen)),
            [.. s_factors.Select(PowerAt)]);

        BetweenRunsPower PowerAt(double factor)
        {
            Answer[][] slower =
                [.. pairs.Select(pair => Array.FindAll(Decide(pair, factor), answer => answer.Judgement == Judgement.Slower))];
            return new BetweenRunsPower(
                factor,
                slower.Count(pair => pair.Length > 0) / (double)pairs.Length,
                slower.Sum(pair => pair.Select(answer => answer.Case).OfType<string>().Distinct().Count())
                    / (double)pairs.Sum(pair => pair.Before.Keys.Intersect(pair.After.Keys).Count()));
        }

        static Answer[] Decide(LeftOutPair pair, double factor)
        {
            string[] names = [.. pair.Before.Keys.Intersect(pair.After.Keys)];
            var after = pair.After.ToDictionary(one => one.Key, one => Slower(one.Value, factor));
            return [.. new BetweenRunsRule(pair.Others, spreadApplies: true).Decide(pair.Before, after, names)];
        }
    }

    // Multiplies all times, but not the allocated bytes.
    private static ComparedCase Slower(ComparedCase one, double factor) => one with
    {
        Figures = one.Figures.ToDictionary(
            figure => figure.Key,
            figure => figure.Key == Metric.Allocated.Name ? figure.Value
                : new Ranged(figure.Value.Value * factor, figure.Value.Low * factor, figure.Value.High * factor)),
    };
}
