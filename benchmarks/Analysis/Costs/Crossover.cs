using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Costs;

/// <summary>
/// For one function, the payload size above which one method becomes faster than another: the size at which their lines cross.
/// </summary>
/// <param name="Function">The function's id.</param>
/// <param name="Smaller">The method that is faster below this payload size.</param>
/// <param name="Larger">The method that is faster above this payload size.</param>
/// <param name="AtBytes">
/// The payload size at which the two lines cross, in bytes. Its interval has all sizes at which the launches do not show which method is
/// faster: the interval of Fieller (1954), by a paired t-test at each size.
/// </param>
internal sealed record Crossover(string Function, string Smaller, string Larger, Figure AtBytes)
{
    /// <summary>
    /// Finds the crossovers between all pairs of methods. A crossover is listed if the two lines cross within the measured sizes in more
    /// than half of the launches. Its size is unknown unless the launches show which method is faster at the smallest size, and that the
    /// other method is faster at the largest size.
    /// </summary>
    public static IReadOnlyList<Crossover> All(IReadOnlyList<CostModel> models) =>
    [
        .. from function in models.GroupBy(model => model.Function)
           from pair in function.SelectMany((one, index) => function.Skip(index + 1).Select(other => (One: one, Other: other)))
           from crossover in new[] { Of(pair.One, pair.Other), Of(pair.Other, pair.One) }
           where crossover is not null
           select crossover,
    ];

    // Returns the crossover if, in more than half of the launches, the first method is faster with small payloads and the second with large
    // payloads. Returns null if there is no crossover.
    private static Crossover? Of(CostModel smaller, CostModel larger)
    {
        int[] launches = [.. smaller.Lines.Keys.Intersect(larger.Lines.Keys)];
        if (launches.Length == 0)
        {
            return null;
        }

        double min = Math.Max(smaller.SpanKb.Min, larger.SpanKb.Min);
        double max = Math.Min(smaller.SpanKb.Max, larger.SpanKb.Max);
        int crossings = launches.Count(launch => DifferenceNs(launch, min) < 0 && DifferenceNs(launch, max) > 0);
        return crossings * 2 > launches.Length
            ? new Crossover(smaller.Function, smaller.Method, larger.Method, AtBytesOf(RatioAt, min, max, launches.Length))
            : null;

        double DifferenceNs(int launch, double kb) => smaller.Lines[launch].AtNs(kb) - larger.Lines[launch].AtNs(kb);

        // A line's time can be below 0 at a size. Its logarithm is then NaN, and the comparison at this size is unknown.
        PairedRatio RatioAt(double kb) => PairedRatio.OfLogs(
            [.. launches.Select(launch => Math.Log(smaller.Lines[launch].AtNs(kb) / larger.Lines[launch].AtNs(kb)))]);
    }

    private static Figure AtBytesOf(Func<double, PairedRatio> ratioAt, double min, double max, int launches)
    {
        if (launches < PairedRatio.MinLaunches)
        {
            return Figure.Unknown($"not known: {PairedRatio.TooFewLaunches(launches)}");
        }

        string[] open =
        [
            .. from end in new[] { (Kb: min, Sign: -1), (Kb: max, Sign: 1) }
               where !IsShown(ratioAt(end.Kb), end.Sign)
               select Format.Bytes(end.Kb * CostModel.BytesOfKb),
        ];
        if (open.Length > 0)
        {
            return Figure.Unknown($"not known: which is faster at {string.Join(" and at ", open)}");
        }

        double at = LastSize(kb => ratioAt(kb).MeanLog < 0, min, max);
        double low = LastSize(kb => IsShown(ratioAt(kb), -1), min, max);
        double high = LastSize(kb => !IsShown(ratioAt(kb), 1), min, max);
        return Figure.Estimated(
            at * CostModel.BytesOfKb, low * CostModel.BytesOfKb, high * CostModel.BytesOfKb, launches);
    }

    private static bool IsShown(PairedRatio ratio, int sign) =>
        sign * ratio.MeanLog > 0 && ratio.PValue <= PairedRatio.ErrorRate;

    // Finds the size up to which a condition holds. The condition holds at the smallest size and not at the largest one.
    private static double LastSize(Func<double, bool> holds, double minKb, double maxKb)
    {
        // 40 halvings of the interval are more exact than any measured size.
        for (int halving = 0; halving < 40; halving++)
        {
            double middle = Math.Sqrt(minKb * maxKb);
            (minKb, maxKb) = holds(middle) ? (middle, maxKb) : (minKb, middle);
        }

        return minKb;
    }
}
