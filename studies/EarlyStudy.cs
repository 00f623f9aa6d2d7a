using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>
/// Computes from recorded runs how much launches differ, and counts how often a verdict after one or two launches would have differed from
/// the verdict of all launches.
/// </summary>
internal static class EarlyStudy
{
    // The limits lie so that a figure is 0.5 to 2 times its limit, in 17 steps, or 0.01 to 100 times, in 33 steps.
    private static readonly IReadOnlyList<double> s_near = [.. Enumerable.Range(0, 17).Select(step => 0.5 * Math.Pow(2, step / 8.0))];
    private static readonly IReadOnlyList<double> s_far = [.. Enumerable.Range(-16, 33).Select(step => Math.Pow(10, step / 8.0))];

    /// <summary>The file with the launches of earlier runs.</summary>
    public static string Path { get; } = System.IO.Path.Combine(SourceState.Root, "artifacts", "study", "launches.csv");

    /// <summary>Writes the table of the differences, then the table of the wrong verdicts.</summary>
    /// <returns>Whether the rule uses the recorded differences, and no verdict is wrong with the recorded times.</returns>
    public static Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        IReadOnlyList<RecordedCase> cases = Recorded();
        IReadOnlyDictionary<Quantile, IReadOnlyList<double>> greatest = GreatestRatios(cases);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{cases.Count} cases of {Runs(cases).Count} runs: the greatest ratio high / (low + 50 µs) of launches of one run"));
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [("quantile", false), ("to one launch", true), ("to two launches", true), ("the rule has", true)],
            [.. Quantile.Limited.Select(quantile => Row(quantile, greatest[quantile]))]));
        IReadOnlyList<EarlyErrors> errors =
        [
            Count("the figure is 0.5 to 2 times its limit", cases, EarlyVerdict.GreatestRatios, s_near),
            Count("the figure is 0.01 to 100 times its limit", cases, EarlyVerdict.GreatestRatios, s_far),
            CountWithout(cases),
        ];
        IReadOnlyList<EarlyErrors> stretched =
        [
            CountStretched("times multiplied by at most 10, 0.5 to 2 times the default limits", cases, 10),
            CountStretched("times multiplied by any factor, 0.5 to 2 times the default limits", cases, double.MaxValue),
        ];
        output.WriteLine("Early verdicts on single figures, against the verdict of all launches");
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [("limits", false), ("draws", true), ("certain early", true), ("wrong", true)],
            [.. errors.Concat(stretched).Select(row => row.Cells)]));
        bool isOfRecord = Quantile.Limited.All(quantile =>
            greatest[quantile].Zip(EarlyVerdict.GreatestRatios[quantile]).All(pair => pair.First <= pair.Second));
        return Task.FromResult(isOfRecord && errors.All(row => row.Wrong == 0));
    }

    /// <summary>Writes the launches of a report as lines for <see cref="Path"/>.</summary>
    public static void WriteLines(string report, TextWriter output)
    {
        foreach (RecordedCase one in RecordedCase.Of(RunReportConsistency.Read(report)))
        {
            output.WriteLine(one.Line);
        }
    }

    /// <summary>Reads the launches of the earlier runs, of the recorded runs of one commit, and of the committed baseline.</summary>
    public static IReadOnlyList<RecordedCase> Recorded()
    {
        string pool = System.IO.Path.Combine(SourceState.Root, "artifacts", "study", RunPool.FileName);
        IReadOnlyList<RecordedCase> earlier = [.. RecordedCase.Read(Path), .. RunPool.Read(pool).Runs.SelectMany(RecordedCase.Of)];
        string baseline = System.IO.Path.Combine(SourceState.Root, "artifacts", "baseline", RunReport.FileName);
        return [.. earlier, .. RecordedCase.Of(RunReportConsistency.Read(baseline)).Where(one => !Runs(earlier).Contains(one.Run))];
    }

    /// <summary>
    /// Computes the greatest ratio of any launch to any other, and of any launch to any two others, for each quantile. It uses times of
    /// calls and overheads.
    /// </summary>
    public static IReadOnlyDictionary<Quantile, IReadOnlyList<double>> GreatestRatios(IReadOnlyList<RecordedCase> cases)
    {
        IReadOnlyList<RecordedCase> figures = [.. cases, .. Overheads(cases)];
        return Quantile.Limited.ToDictionary(quantile => quantile, quantile => (IReadOnlyList<double>)
        [
            figures.Max(one => Sorted(one, quantile) is var ns ? EarlyVerdict.Ratio(ns[0], ns[^1]) : 0),
            // The two launches are the two lowest or the two highest. A limit is compared with the nearer one of the two.
            figures.Max(one => Sorted(one, quantile) is var ns
                ? Math.Max(EarlyVerdict.Ratio(ns[1], ns[^1]), EarlyVerdict.Ratio(ns[0], ns[^2]))
                : 0),
        ]);
    }

    /// <summary>Counts the early verdicts on overheads, with the limit at each of some shares of the overhead's median.</summary>
    /// <param name="what">The text of the row.</param>
    /// <param name="cases">The recorded cases.</param>
    /// <param name="ratios">The ratios that the rule uses.</param>
    /// <param name="shares">The figure's median ÷ its limit.</param>
    public static EarlyErrors Count(
        string what,
        IReadOnlyList<RecordedCase> cases,
        IReadOnlyDictionary<Quantile, IReadOnlyList<double>> ratios,
        IReadOnlyList<double> shares)
    {
        var errors = new EarlyErrors(what);
        Count(errors, cases, ratios, shares);
        return errors;
    }

    private static EarlyErrors CountWithout(IReadOnlyList<RecordedCase> cases)
    {
        var errors = new EarlyErrors("as above, each run judged with the ratios of the other runs");
        foreach (string run in Runs(cases))
        {
            Count(
                errors, [.. cases.Where(one => one.Run == run)], GreatestRatios([.. cases.Where(one => one.Run != run)]), s_far);
        }

        return errors;
    }

    private static void Count(
        EarlyErrors errors,
        IReadOnlyList<RecordedCase> cases,
        IReadOnlyDictionary<Quantile, IReadOnlyList<double>> ratios,
        IReadOnlyList<double> shares)
    {
        foreach ((Quantile quantile, IReadOnlyList<double> ns) in OverheadsAboveZero(cases))
        {
            foreach (double share in shares)
            {
                errors.Add(quantile, ns, Middle(ns) / share, ratios);
            }
        }
    }

    private static EarlyErrors CountStretched(string what, IReadOnlyList<RecordedCase> cases, double most)
    {
        var errors = new EarlyErrors(what);
        foreach ((Quantile quantile, IReadOnlyList<double> ns) in OverheadsAboveZero(cases))
        {
            double limitNs = quantile.DefaultLimitNs!.Value;
            foreach (double factor in s_near.Select(share => share * limitNs / Middle(ns)).Where(factor => factor <= most))
            {
                errors.Add(quantile, [.. ns.Select(one => one * factor)], limitNs, EarlyVerdict.GreatestRatios);
            }
        }

        return errors;
    }

    private static IEnumerable<(Quantile Quantile, IReadOnlyList<double> Ns)> OverheadsAboveZero(IReadOnlyList<RecordedCase> cases) =>
        from one in Overheads(cases)
        from quantile in Quantile.Limited
        let ns = one.NsByLaunch[quantile]
        where ns.Count >= Widening.MaxLaunches && Middle(ns) > 0
        select (quantile, ns);

    private static IEnumerable<RecordedCase> Overheads(IReadOnlyList<RecordedCase> cases)
    {
        var byId = cases.ToDictionary(one => (one.Run, one.Id));
        return
            from one in cases
            where one.Id.Method != BaselineMethod.Id && !one.Id.IsReference
            let direct = byId.GetValueOrDefault((one.Run, one.Id.By(BaselineMethod.Id)))
            where direct is not null
            select one with
            {
                NsByLaunch = Quantile.Limited.ToDictionary(quantile => quantile, quantile => (IReadOnlyList<double>)
                    [.. one.NsByLaunch[quantile].Zip(direct.NsByLaunch[quantile], (ns, directNs) => ns - directNs)]),
            };
    }

    private static IReadOnlyList<string> Runs(IReadOnlyList<RecordedCase> cases) => [.. cases.Select(one => one.Run).Distinct()];

    private static double[] Sorted(RecordedCase one, Quantile quantile) => [.. one.NsByLaunch[quantile].Order()];

    private static double Middle(IReadOnlyList<double> ns) => Medians.Middle([.. ns.Order()]);

    private static string[] Row(Quantile quantile, IReadOnlyList<double> greatest) =>
    [
        quantile.Name,
        .. greatest.Select(Number),
        string.Join(" and ", EarlyVerdict.GreatestRatios[quantile].Select(Number))
            + string.Create(CultureInfo.InvariantCulture, $", times {EarlyVerdict.Safety}"),
    ];

    private static string Number(double ratio) => ratio.ToString("0.000", CultureInfo.InvariantCulture);
}

/// <summary>Counts early verdicts on single figures, and how many of them differ from the verdict of all launches.</summary>
/// <param name="what">The text of the row.</param>
internal sealed class EarlyErrors(string what)
{
    private int _draws;
    private int _certain;

    /// <summary>The number of early verdicts that were wrong.</summary>
    public int Wrong { get; private set; }

    /// <summary>The number of early verdicts.</summary>
    public int Certain => _certain;

    /// <summary>The cells of the table's row.</summary>
    public IReadOnlyList<string> Cells =>
        [what, .. new[] { _draws, _certain, Wrong }.Select(count => count.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Judges a figure after each single launch, after each two launches, and after all launches.</summary>
    public void Add(
        Quantile quantile, IReadOnlyList<double> ns, double limitNs, IReadOnlyDictionary<Quantile, IReadOnlyList<double>> ratios)
    {
        Viability all = VerdictOfAll(ns, limitNs);
        for (int first = 0; first < ns.Count; first++)
        {
            Add([ns[first]]);
            for (int second = first + 1; second < ns.Count; second++)
            {
                Add([ns[first], ns[second]]);
            }
        }

        void Add(double[] seen)
        {
            _draws++;
            if (EarlyVerdict.Of(new Limit(quantile, "overhead", Figure.Of(seen), limitNs), ratios) is { } early)
            {
                _certain++;
                Wrong += early != all ? 1 : 0;
            }
        }
    }

    private static Viability VerdictOfAll(IReadOnlyList<double> ns, double limitNs) => Figure.Of(ns).Judged() switch
    {
        var (_, high) when high < limitNs => Viability.Viable,
        var (low, _) when low >= limitNs => Viability.NotViable,
        _ => Viability.NotKnown,
    };
}
