using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Studies;

/// <summary>
/// Counts how often the range of some launches of one recorded run contains the median of the launches of another run, and computes the
/// factor by which both ends must move outwards so that it does in 95 % of the cases.
/// </summary>
internal static class CoverageStudy
{
    private const double Share = 0.95;
    private const int MostLaunches = 6;

    /// <summary>Writes a table for each two runs of <see cref="EarlyStudy.Path"/>. It has no bounds.</summary>
    public static Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        IReadOnlyList<RecordedCase> cases = RecordedCase.Read(EarlyStudy.Path);
        string[] runs = [.. cases.Select(one => one.Run).Distinct()];
        foreach ((string first, string second) in runs.SelectMany((run, index) => runs.Skip(index + 1).Select(other => (run, other))))
        {
            output.WriteLine($"Runs of {first} and {second}: share of cases held by the range, and the factor that holds 95 %");
            output.WriteLine();
            output.WriteLine(MarkdownTable.Write(
                [("launches", true), .. Quantile.Limited.Select(quantile => (quantile.Name, true))],
                [.. Enumerable.Range(1, MostLaunches).Select(launches => Row(launches, cases, first, second))]));
        }

        return Task.FromResult(true);
    }

    /// <summary>Compares the ranges of each run with the medians of the other run.</summary>
    /// <param name="cases">The recorded cases.</param>
    /// <param name="first">A run.</param>
    /// <param name="second">Another run.</param>
    /// <param name="quantile">The quantile.</param>
    /// <param name="launches">The number of launches of a range. Every choice of this many launches of a run counts.</param>
    public static Coverage Of(IReadOnlyList<RecordedCase> cases, string first, string second, Quantile quantile, int launches)
    {
        var medians = cases.ToDictionary(one => (one.Run, one.Id), one => Medians.Middle([.. one.NsByLaunch[quantile].Order()]));
        double[] factors =
        [
            .. from one in cases
               let other = one.Run == first ? second : one.Run == second ? first : null
               where other is not null && medians.ContainsKey((other, one.Id)) && medians[(other, one.Id)] > 0
               let ns = one.NsByLaunch[quantile]
               where ns.Count >= launches && ns.Min() > 0
               from chosen in Choices(ns, launches)
               select Math.Max(1, Math.Max(chosen.Min() / medians[(other, one.Id)], medians[(other, one.Id)] / chosen.Max())),
        ];
        Array.Sort(factors);
        return new Coverage(
            factors.Count(factor => factor <= 1) / (double)factors.Length,
            factors[(int)Math.Ceiling(Share * factors.Length) - 1]);
    }

    private static IEnumerable<double[]> Choices(IReadOnlyList<double> ns, int launches) =>
        from set in Enumerable.Range(0, 1 << ns.Count)
        let chosen = ns.Where((_, index) => (set & (1 << index)) != 0).ToArray()
        where chosen.Length == launches
        select chosen;

    private static string[] Row(int launches, IReadOnlyList<RecordedCase> cases, string first, string second) =>
    [
        launches.ToString(CultureInfo.InvariantCulture),
        .. Quantile.Limited.Select(quantile => Of(cases, first, second, quantile, launches)).Select(one =>
            string.Create(CultureInfo.InvariantCulture, $"{one.Held * 100:0.0} %, × {one.Factor:0.00}")),
    ];
}

/// <summary>What the ranges of one run say about the medians of another run.</summary>
/// <param name="Held">The share, from 0 to 1, of the ranges that contain the other run's median.</param>
/// <param name="Factor">The least factor with which 95 % of the widened ranges contain it.</param>
internal sealed record Coverage(double Held, double Factor);
