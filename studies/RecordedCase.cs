using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>The quantiles of one case in each launch of a recorded run. A line of <c>artifacts/study/launches.csv</c>.</summary>
/// <param name="Run">The start of the run, which identifies it.</param>
/// <param name="Id">The case.</param>
/// <param name="NsByLaunch">The quantiles in <see cref="Quantile.Limited"/>, in ns, each with one value for each launch.</param>
internal sealed record RecordedCase(string Run, CaseId Id, IReadOnlyDictionary<Quantile, IReadOnlyList<double>> NsByLaunch)
{
    /// <summary>The first line of the file.</summary>
    public static string Header { get; } = $"run,case,{string.Join(',', Quantile.Limited.Select(quantile => quantile.Name + "_ns"))}";

    /// <summary>Writes the case as a line of the file.</summary>
    public string Line => string.Join(',', [Run, Id.ToString(), .. Quantile.Limited.Select(quantile =>
        string.Join(' ', NsByLaunch[quantile].Select(ns => ns.ToString("0.#", CultureInfo.InvariantCulture))))]);

    /// <summary>Returns the cases of a report that each launch measured with enough calls for all quantiles.</summary>
    public static IReadOnlyList<RecordedCase> Of(RunReport report)
    {
        string run = Name(report.Run.StartedAt);
        double[] shares = [.. Quantile.Limited.Select(quantile => quantile.Share)];
        return
        [
            .. from one in CaseSummary.All(report)
               let calls = one.Passes.Select(pass => (pass.Launch, pass.Calls)).ToArray()
               where one.Launches == report.Launches.Count
                   && Quantile.Limited.All(quantile => CallsNeeded.Missing(quantile, calls) is null)
               let byLaunch = one.QuantilesByLaunch(shares).OrderBy(launch => launch.Key).Select(launch => launch.Value).ToArray()
               select new RecordedCase(run, one.Id, Quantile.Limited.Index().ToDictionary(
                   entry => entry.Item,
                   entry => (IReadOnlyList<double>)[.. byLaunch.Select(launch => launch[entry.Index])])),
        ];
    }

    /// <summary>Returns the cases of a recorded run that each launch measured with enough calls for all quantiles.</summary>
    public static IReadOnlyList<RecordedCase> Of(RecordedRun run) =>
    [
        .. from name in run.Launches[0].Keys
           let launches = run.Launches.Select(launch => launch.GetValueOrDefault(name)).OfType<CaseFigures>().ToArray()
           where launches.Length == run.Launches.Count
               && launches.All(one => (one.P50Ns, one.P95Ns, one.P99Ns) is (not null, not null, not null))
           select new RecordedCase(Name(run.StartedAt), CaseId.Parse(name), new Dictionary<Quantile, IReadOnlyList<double>>
           {
               [Quantile.P50] = [.. launches.Select(one => one.P50Ns!.Value)],
               [Quantile.P95] = [.. launches.Select(one => one.P95Ns!.Value)],
               [Quantile.P99] = [.. launches.Select(one => one.P99Ns!.Value)],
           }),
    ];

    /// <summary>Reads the cases of a file.</summary>
    /// <exception cref="UnusableInputException">The file is missing, or a line is damaged.</exception>
    public static IReadOnlyList<RecordedCase> Read(string path)
    {
        try
        {
            string[] lines = File.ReadAllLines(path);
            return lines.Length > 0 && lines[0] == Header
                ? [.. lines.Skip(1).Select((line, index) => Parse(line) ?? throw Damaged(path, index + 2))]
                : throw new UnusableInputException($"{path} does not start with '{Header}'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"{path} cannot be read: {e.Message}", e);
        }
    }

    private static string Name(DateTimeOffset startedAt) =>
        startedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);

    private static UnusableInputException Damaged(string path, int line) => new(FormattableString.Invariant(
        $"{path}, line {line}: expected a run, a case and {Quantile.Limited.Count} lists of times in ns, one time for each launch."));

    private static RecordedCase? Parse(string line)
    {
        string[] cells = line.Split(',');
        if (cells.Length != Quantile.Limited.Count + 2 || cells[1].Count(c => c == '/') != 2)
        {
            return null;
        }

        double[]?[] times = [.. cells.Skip(2).Select(Times)];
        return times.All(one => one?.Length == times[0]?.Length)
            ? new RecordedCase(cells[0], CaseId.Parse(cells[1]), Quantile.Limited.Index().ToDictionary(
                entry => entry.Item, entry => (IReadOnlyList<double>)times[entry.Index]!))
            : null;
    }

    private static double[]? Times(string cell)
    {
        double?[] times =
        [
            .. cell.Split(' ').Select(text => double.TryParse(text, CultureInfo.InvariantCulture, out double ns) && double.IsFinite(ns)
                ? ns
                : (double?)null),
        ];
        return times.Contains(null) ? null : [.. times.OfType<double>()];
    }
}
