using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A case as the page draws it. Times in ns.</summary>
internal sealed record PageCase
{
    public required string Method { get; init; }

    public required string Function { get; init; }

    public required string Payload { get; init; }

    public required int Bytes { get; init; }

    public required string State { get; init; }

    /// <summary>Why it is in that state; null where there is nothing to say.</summary>
    public required string? Reason { get; init; }

    public required long Calls { get; init; }

    /// <summary>No duration below it is known.</summary>
    public required double? FloorNs { get; init; }

    public required PageFigure P50 { get; init; }

    public required PageCurve? Curve { get; init; }

    /// <summary>By quantile: p50, p95, p99. Null for direct.</summary>
    public required IReadOnlyDictionary<string, PageFigure>? Overhead { get; init; }

    /// <summary>The limits on the overhead, by quantile; null where there is no verdict.</summary>
    public required IReadOnlyDictionary<string, double>? LimitsNs { get; init; }

    public required IReadOnlyList<PagePass> Passes { get; init; }

    /// <summary>The name of its percentile file; null where no launch measured it.</summary>
    public required string? File { get; init; }

    public static IReadOnlyList<PageCase> All(Tables tables, IEnumerable<CaseRow> rows)
    {
        var thresholds = new Thresholds(tables.Report.Run.Thresholds);
        var files = PercentileDistributions.Names(tables.Report);
        return [.. rows.Select(row => new PageCase
        {
            Method = row.Id.Method,
            Function = row.Id.Function,
            Payload = row.Id.Payload,
            Bytes = row.PayloadBytes,
            State = PageState.Of(row, tables.Verdicts),
            Reason = tables.Verdicts.Of(row) is { Reason: { Length: > 0 } reason } ? reason : row.Notes is [var note, ..] ? note : null,
            Calls = row.Calls,
            FloorNs = row.FloorNs,
            P50 = PageFigure.Of(row.P50),
            Curve = PageCurve.Of(row),
            Overhead = row.Overhead is null ? null : ByQuantile(quantile => PageFigure.Of(Overheads.Of(row, quantile))),
            LimitsNs = tables.Verdicts.Of(row) is null ? null : ByQuantile(quantile => thresholds.LimitsNs(row.Id)[quantile]),
            Passes = [.. row.Passes.Select(pass => PagePass.Of(pass, row))],
            File = files.GetValueOrDefault(row.Id),
        })];
    }

    private static Dictionary<string, T> ByQuantile<T>(Func<LimitedQuantile, T> of) => Enum.GetValues<LimitedQuantile>().ToDictionary(Overheads.Name, of);
}

/// <summary>One launch's pass of a case.</summary>
/// <param name="Launch">The launch's number.</param>
/// <param name="Calls">The calls that were timed.</param>
/// <param name="P50">Their p50, in ns.</param>
/// <param name="WallNs">How long it took; null where that is not known.</param>
/// <param name="Collections">Collections meanwhile, by generation; null where that is not known.</param>
/// <param name="PausedNs">How long they paused the process.</param>
/// <param name="Compiled">Methods that were compiled meanwhile; null where that is not known.</param>
internal sealed record PagePass(int Launch, int Calls, double P50, double? WallNs, IReadOnlyList<int>? Collections, double? PausedNs, int? Compiled)
{
    public static PagePass Of(PassReport pass, CaseRow row) => new(
        pass.Launch, pass.Calls, row.P50ByLaunch[pass.Launch], pass.WallNs, pass.Process?.Collections, pass.Process?.PausedNs, pass.Process?.CompiledMethods);
}

/// <summary>A case's percentiles, a rung each, up to the last that every launch knows. Times in ns.</summary>
/// <param name="Mid">The median of the launches.</param>
/// <param name="Low">The least of them.</param>
/// <param name="High">The greatest of them.</param>
internal sealed record PageCurve(IReadOnlyList<double> Mid, IReadOnlyList<double> Low, IReadOnlyList<double> High)
{
    private const int Decades = 6;

    // About even steps on a logarithmic scale, with the percentiles that have names among them.
    private static readonly double[] s_decade = [1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.8, 3.2, 3.6, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9];

    /// <summary>The rungs of HdrHistogram's scale, 1 ÷ (1 − quantile): 120, from the shortest call to all but one in a million.</summary>
    public static IReadOnlyList<double> Rungs { get; } = [.. from decade in Enumerable.Range(0, Decades) from step in s_decade select Math.Round(step * Math.Pow(10, decade), 2)];

    private static readonly double[] s_quantiles = [.. Rungs.Select(rung => 1 - (1 / rung))];

    /// <summary>Null where nothing was measured.</summary>
    public static PageCurve? Of(CaseRow row)
    {
        IReadOnlyDictionary<int, IReadOnlyList<double>> launches = Known(row);
        return launches.Count == 0 ? null : Over(launches.Values, launches.Values.Min(one => one.Count));
    }

    /// <summary>How much longer the current case takes than the base's, as a ratio in each launch that both have; null where none does.</summary>
    public static PageCurve? Shift(CaseRow before, CaseRow after)
    {
        IReadOnlyDictionary<int, IReadOnlyList<double>> was = Known(before);
        double[][] ratios = [.. Known(after).Where(launch => was.ContainsKey(launch.Key)).Select(launch => launch.Value.Zip(was[launch.Key], (now, then) => now / then).ToArray())];
        return ratios.Length == 0 ? null : Over(ratios, ratios.Min(one => one.Length));
    }

    // At least ten calls beyond, as for every percentile that is printed.
    private static IReadOnlyDictionary<int, IReadOnlyList<double>> Known(CaseRow row)
    {
        if (row.Launches == 0)
        {
            return new Dictionary<int, IReadOnlyList<double>>();
        }

        int calls = row.Passes.Min(pass => pass.Calls);
        double[] known = [.. s_quantiles.TakeWhile((quantile, index) => index == 0 || Histograms.CallsNeeded(quantile) <= calls)];
        return row.QuantilesByLaunch(known);
    }

    private static PageCurve Over(IEnumerable<IReadOnlyList<double>> launches, int rungs)
    {
        Figure[] figures = [.. Enumerable.Range(0, rungs).Select(rung => Figure.Of(launches.Select(launch => launch[rung])))];
        return new PageCurve([.. figures.Select(one => one.Value!.Value)], [.. figures.Select(one => one.Low ?? one.Value!.Value)], [.. figures.Select(one => one.High ?? one.Value!.Value)]);
    }
}
