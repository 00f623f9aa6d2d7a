using Perfolizer.Mathematics.Distributions.ContinuousDistributions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// Judges two runs that were not on the machine together. A change counts only if it exceeds what recorded runs of identical code differ by
/// (<see cref="BetweenRuns"/>).
/// </summary>
/// <remarks>
/// The difference of two runs has the standard deviation √2 × spread. A change is flagged if it exceeds that deviation times a quantile of
/// Student's distribution, with the recorded runs minus one as degrees of freedom. The error rate is split among all figures (Bonferroni).
/// "Same" is a test of equivalence: the whole interval of the change, with the spread between runs in it, lies within the metric's band
/// (Schuirmann 1987).
/// <para>If the spread is not known, a change is flagged only beyond twice the greatest difference of any recorded case, and nothing is
/// called the same.</para>
/// </remarks>
/// <param name="spread">The spread between recorded runs.</param>
/// <param name="spreadApplies">Whether the compared runs have the machine, the payload kind and the cases of the recorded runs.</param>
internal sealed class BetweenRunsRule(BetweenRuns spread, bool spreadApplies)
{
    private const double TwoSided95 = 0.975;

    // The probability that a comparison of identical code flags a figure. One half is for the cases' figures, the other half for the p50 of
    // all cases together.
    private const double Error = 0.05;

    // Without a known spread, a change has to exceed this multiple of the greatest difference between recorded runs.
    private const double UnknownSpreadFactor = 2;

    // The one-sided 95 % quantile of the normal distribution.
    private const double OneSided95 = 1.645;

    // Quantiles of Student's distribution. The key is the probability.
    private readonly Dictionary<double, double> _student = [];

    /// <summary>Judges each metric of each case, and the p50 of all cases together.</summary>
    /// <param name="before">The cases of the base.</param>
    /// <param name="after">The cases of the current side.</param>
    /// <param name="names">The short names of the cases that both have.</param>
    public IReadOnlyList<Answer> Decide(
        IReadOnlyDictionary<string, ComparedCase> before, IReadOnlyDictionary<string, ComparedCase> after, IReadOnlyList<string> names)
    {
        double level = 1 - (Error / 4 / (names.Count * ComparedMetrics.All.Count));
        List<Answer> answers =
        [
            .. from name in names
               from metric in ComparedMetrics.All
               where before[name].Figures.ContainsKey(metric.Name)
               select Decide(name, metric, before[name], after[name], level),
        ];
        // A single case that changed can change the mean of all cases, so that mean is judged only if no case's p50 changed.
        if (names.Count > 1 && !answers.Any(answer => answer.IsFlag && answer.Metric.Name == Metric.P50.Name)
            && Total(answers, names) is { } total)
        {
            answers.Add(total);
        }

        return answers;
    }

    /// <summary>Returns the limit of a figure whose spread is not known: no smaller change is flagged.</summary>
    public double LimitOfUnknown(Metric metric) => UnknownSpreadFactor * spread.GreatestOf(metric);

    private Answer Decide(string name, Metric metric, ComparedCase before, ComparedCase after, double level)
    {
        (Ranged was, Ranged now) = (before[metric], after[metric]);
        var answer = new Answer
        {
            Case = name,
            Metric = metric,
            Judgement = Judgement.NotJudged,
            Base = was,
            Current = now,
            Change = metric.Change(was.Value, now.Value),
        };
        if (answer.Change is not { } change)
        {
            return answer with { Withheld = "not known" };
        }

        if (!before.IsWarm || !after.IsWarm)
        {
            return answer with { Withheld = "not warm" };
        }

        // Launches that differ more than those of every recorded run make the run's figure less certain by as much.
        double widest = spread.WidestOf(name, metric);
        double widening = widest > 0 ? Math.Max(1, Math.Max(was.Width, now.Width) / widest) : 1;
        return spreadApplies && spread.SpreadOf(name, metric) is { } known
            ? Judge(answer, change, Math.Sqrt(2) * known * widening, level)
            : JudgeWithoutSpread(answer, change, LimitOfUnknown(metric) * widening);
    }

    private Answer? Total(List<Answer> answers, IReadOnlyList<string> names)
    {
        double?[] changes = [.. answers.Where(answer => answer.Metric.Name == Metric.P50.Name).Select(answer => answer.Change)];
        return spreadApplies && spread.SpreadOfAll([.. names]) is { } known && changes.All(change => change is not null)
            && answers.All(answer => answer.Withheld is null || answer.Metric.Name != Metric.P50.Name)
            ? Judge(
                new Answer { Case = null, Metric = ComparedMetrics.P50OfAll, Judgement = Judgement.TooNoisy, Change = changes.Average() },
                changes.Average()!.Value,
                Math.Sqrt(2) * known,
                1 - (Error / 4))
            : null;
    }

    private Answer Judge(Answer answer, double change, double deviation, double level)
    {
        Metric metric = answer.Metric;
        double limit = Math.Max(Student(level) * deviation, metric.MarginAsChange);
        double half = Student(TwoSided95) * deviation;
        answer = answer with
        {
            Low = change - half,
            High = change + half,
            Visible = limit + (OneSided95 * deviation),
        };
        bool isChange = Math.Abs(change) > limit && metric.Matters(answer.Base.Value, change);
        bool isSame = metric.IsWithinBand(answer.Base.Value, change - half) && metric.IsWithinBand(answer.Base.Value, change + half);
        return answer with
        {
            Judgement = isChange ? DirectionOf(change) : isSame ? Judgement.Same : Judgement.TooNoisy,
        };
    }

    private double Student(double probability) => _student.TryGetValue(probability, out double known)
        ? known
        : _student[probability] = new StudentDistribution(spread.Runs - 1).Quantile(probability);

    private static Answer JudgeWithoutSpread(Answer answer, double change, double limit)
    {
        Metric metric = answer.Metric;
        limit = Math.Max(limit, metric.MarginAsChange);
        return Math.Abs(change) > limit && metric.Matters(answer.Base.Value, change)
            ? answer with { Judgement = DirectionOf(change) }
            : answer with
            {
                Judgement = Judgement.TooNoisy,
                Withheld = $"the spread between runs is not recorded: only beyond {metric.WriteSize(limit)} is a change",
            };
    }

    private static Judgement DirectionOf(double change) => change > 0 ? Judgement.Slower : Judgement.Faster;
}
