using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Analysis.Costs;

/// <summary>
/// For one function, the payload size above which one method becomes faster than another: the size at which their lines cross.
/// </summary>
/// <param name="Function">The function's id.</param>
/// <param name="Smaller">The method that is faster below this payload size.</param>
/// <param name="Larger">The method that is faster above this payload size.</param>
/// <param name="AtBytes">The payload size at which the two lines cross, in bytes, over the launches.</param>
internal sealed record Crossover(string Function, string Smaller, string Larger, Figure AtBytes)
{
    /// <summary>
    /// Finds the crossovers between all pairs of methods. A crossover is listed if the two lines cross within the measured sizes in more
    /// than half of the launches. Its size is unknown if the lines do not cross in each launch.
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
        double[] crossings =
        [
            .. from launch in launches
               let one = smaller.Lines[launch]
               let other = larger.Lines[launch]
               let difference = new CostLine(one.FixedNs - other.FixedNs, one.PerKbNs - other.PerKbNs)
               where difference.AtNs(min) < 0 && difference.AtNs(max) > 0
               select -difference.FixedNs / difference.PerKbNs * CostModel.BytesOfKb,
        ];
        if (crossings.Length * 2 <= launches.Length)
        {
            return null;
        }

        Figure atBytes = crossings.Length == launches.Length
            ? Figure.Of(crossings)
            : Figure.Unknown(FormattableString.Invariant($"not known: they cross in {crossings.Length} of {launches.Length} launches"));
        return new Crossover(smaller.Function, smaller.Method, larger.Method, atBytes);
    }
}
