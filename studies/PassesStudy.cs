using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Studies;

/// <summary>
/// Computes from a recorded run of the core cases how much time a large run saves by passes that end early, and how far the percentiles of
/// these passes are from those of all their calls. The order of the recorded calls is unknown, so it is drawn at random.
/// </summary>
internal static class PassesStudy
{
    private const int Seed = 1;

    // The share of the passes that are at least as close as the table says.
    private const double Share = 0.95;

    /// <summary>Writes a table of the times and a table of the percentiles.</summary>
    /// <returns>Whether 95 % of the percentiles are as close as the rule asks.</returns>
    public static Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        string path = Path.Combine(SourceState.Root, "artifacts", "study", "core-run.json");
        IReadOnlyList<ReplayedPass> passes = Replay(RunReportConsistency.Read(path));
        ReplayedPass[] early = [.. passes.Where(pass => pass.Errors is not null)];
        output.WriteLine(MarkdownTable.Write(
            [("passes of a large run", false), ("passes", true), ("end early", true), ("s, all calls", true), ("s, early ends", true)],
            [
                .. passes.GroupBy(pass => pass.Id.Method).Select(method => Times(method.Key, [.. method])),
                Times("all", passes),
            ]));
        output.WriteLine(MarkdownTable.Write(
            [("quantile", false), ("the rule asks", true), ("95 % of early ends are within", true), ("launches differ by (σ)", true)],
            [.. NarrowPercentiles.Limits.Select((limit, index) => Row(limit, index, early))]));
        return Task.FromResult(NarrowPercentiles.Limits.Index().All(limit => Error(early, limit.Index) <= limit.Item.Closeness));
    }

    /// <summary>Replays the passes of a run.</summary>
    public static IReadOnlyList<ReplayedPass> Replay(RunReport report)
    {
        var random = new Random(Seed);
        var narrow = new NarrowPercentiles(report.Run.Calls);
        return
        [
            .. from one in report.Cases
               from pass in one.Passes
               where pass.WallNs is not null
               select ReplayedPass.Of(one.Id, pass, report.Run.PassLimitSeconds, narrow, random),
        ];
    }

    private static string[] Times(string method, IReadOnlyCollection<ReplayedPass> passes) =>
    [
        method,
        passes.Count.ToString(CultureInfo.InvariantCulture),
        passes.Count(pass => pass.Errors is not null).ToString(CultureInfo.InvariantCulture),
        passes.Sum(pass => pass.Seconds).ToString("0", CultureInfo.InvariantCulture),
        passes.Sum(pass => pass.EarlySeconds).ToString("0", CultureInfo.InvariantCulture),
    ];

    private static string[] Row((double Quantile, double Closeness) limit, int index, IReadOnlyList<ReplayedPass> early) =>
    [
        FormattableString.Invariant($"p{limit.Quantile * 100:0}"),
        Percent(limit.Closeness),
        Percent(Error(early, index)),
        Percent(Medians.Middle(
            [.. early.GroupBy(pass => pass.Id).Where(one => one.Count() > 1).Select(one => Deviation(one, index)).Order()])),
    ];

    private static string Percent(double share) => "± " + Format.Percent(share, "0.0");

    private static double Error(IReadOnlyList<ReplayedPass> early, int index) =>
        early.Select(pass => pass.Errors![index]).Order().ElementAt((int)Math.Ceiling(Share * early.Count) - 1);

    // The standard deviation of the launches' percentiles, as a share.
    private static double Deviation(IEnumerable<ReplayedPass> launches, int index)
    {
        double[] logs = [.. launches.Select(pass => Math.Log(pass.Ticks[index]))];
        double mean = logs.Average();
        return Math.Sqrt(logs.Sum(log => (log - mean) * (log - mean)) / (logs.Length - 1));
    }
}

/// <summary>A recorded pass, and where it would have ended early.</summary>
/// <param name="Id">The case.</param>
/// <param name="Seconds">The time of all calls.</param>
/// <param name="EarlySeconds">The time until the early end. The time of all calls if the pass does not end early.</param>
/// <param name="Ticks">The percentiles of all calls, in ticks, in the order of <see cref="NarrowPercentiles.Limits"/>.</param>
/// <param name="Errors">The shares by which the percentiles at the early end differ. Null if the pass does not end early.</param>
internal sealed record ReplayedPass(
    CaseId Id, double Seconds, double EarlySeconds, IReadOnlyList<long> Ticks, IReadOnlyList<double>? Errors)
{
    /// <summary>
    /// Replays a pass: shuffles its calls, spreads them evenly over its time, and applies the rule after each sixteenth of the time limit.
    /// </summary>
    public static ReplayedPass Of(
        CaseId id, PassReport pass, double limitSeconds, NarrowPercentiles narrow, Random random)
    {
        long[] calls =
        [
            .. Histograms.Decode(pass.Histogram).RecordedValues()
                .SelectMany(bucket => Enumerable.Repeat(bucket.ValueIteratedTo, (int)bucket.CountAddedInThisIterationStep)),
        ];
        IReadOnlyList<long> ticks = Percentiles(calls);
        double seconds = pass.WallNs!.Value / 1e9;
        random.Shuffle(calls);
        // Another process makes and times all its calls in one go.
        int parts = pass.Process is null ? 1 : LatencyPass.CheckedParts;
        for (int part = 1; part < parts && limitSeconds * part / parts is var end && end < seconds; part++)
        {
            Span<long> made = calls.AsSpan(0, (int)(calls.Length * end / seconds));
            if (narrow.AreNarrow(made))
            {
                IReadOnlyList<long> early = Percentiles(made.ToArray());
                return new ReplayedPass(
                    id, seconds, end, ticks, [.. early.Zip(ticks, (one, all) => Math.Abs(one - all) / (double)all)]);
            }
        }

        return new ReplayedPass(id, seconds, seconds, ticks, Errors: null);
    }

    private static long[] Percentiles(long[] calls)
    {
        Array.Sort(calls);
        return [.. NarrowPercentiles.Limits.Select(limit => calls[(int)Math.Ceiling(limit.Quantile * calls.Length) - 1])];
    }
}
