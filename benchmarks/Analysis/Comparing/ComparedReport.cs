using System.Globalization;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A <c>report.json</c>. The launches of two runs are paired by their numbers, and judged as the gate's pairs are: launches
/// are exchangeable within a run, so any pairing that was not chosen by its outcome will do, and it is exact where one
/// report was made from the other. Two runs were not on the machine at the same time, so this tells less than the gate.
/// </summary>
internal sealed class ComparedReport(RunReport report) : ComparedFile
{
    private readonly IReadOnlyList<CaseRow> _rows = CaseRow.All(report);

    /// <summary>What it holds.</summary>
    public RunReport Report => report;

    public override string Kind => "report";

    public override IReadOnlyList<string> Cases { get; } = [.. report.Cases.Where(one => !one.Id.IsReference).Select(one => one.Id.ToString())];

    public override IReadOnlyDictionary<string, string> Conditions { get; } = new Dictionary<string, string>
    {
        ["processor"] = report.Environment?.Cpu ?? "unknown",
        ["cores"] = report.Environment?.Cores.ToString(CultureInfo.InvariantCulture) ?? "unknown",
        ["operating system"] = report.Environment?.Os ?? "unknown",
        ["architecture"] = report.Environment?.Architecture ?? "unknown",
        ["runtime"] = report.Environment?.Runtime ?? "unknown",
        ["garbage collector"] = report.Environment?.GarbageCollector ?? "unknown",
        ["tiering"] = report.Environment?.Tiering ?? "unknown",
        ["BenchmarkDotNet"] = report.Environment?.BenchmarkDotNet ?? "unknown",
        ["caller"] = report.Run.CallerUrl is null ? "launches" : "a caller worker of its own",
        ["profile"] = string.Create(CultureInfo.InvariantCulture, $"{report.Run.Profile}, at most {report.Run.Calls} calls a case"),
    };

    // By what it holds: a file that was only given another name is the same payload.
    public override IReadOnlyDictionary<string, string> SharedConditions { get; } = report.Run.PayloadFile is { } file
        ? new Dictionary<string, string> { ["payload file"] = string.Create(CultureInfo.InvariantCulture, $"{file.Bytes} bytes, sha256 {file.Sha256}") }
        : [];

    public override IReadOnlyDictionary<string, string> Remarks { get; } = new Dictionary<string, string>
    {
        ["version of this program"] = report.Environment?.Tool ?? "unknown",
        ["launches"] = report.Launches.Count.ToString(CultureInfo.InvariantCulture),
        // They run between the passes that are compared, and leave more connections and threads to the next.
        ["callers at once"] = report.Run.Callers.Count > 0 ? string.Join(", ", report.Run.Callers) : "not measured",
        ["arguments for BenchmarkDotNet"] = string.Join(' ', report.Run.BenchmarkDotNetArguments),
    };

    public override IEnumerable<string> Warnings
    {
        get
        {
            if (RunNoise.Of(report) is { Grade: not NoiseGrade.Quiet } noise)
            {
                yield return noise.Line;
            }

            if (report.Interrupted)
            {
                yield return "its run was interrupted";
            }

            if (report.Run.Dirty == true)
            {
                yield return $"it was measured with changes that commit {report.Run.Commit} does not have";
            }
        }
    }

    public override IEnumerable<string> Failures =>
    [
        .. report.Launches.Where(launch => launch.Outcome == LaunchOutcome.Failed).Select(launch => $"launch {launch.Number} failed: {launch.Error}"),
        .. report.Cases.SelectMany(one => one.Failures.Select(failure => $"{one.Id} failed in launch {failure.Launch}: {failure.Error}")),
    ];

    public override IEnumerable<string> Basis
    {
        get
        {
            yield return "launches of the two runs, paired by their numbers; the machine may have been another at the two times, which `gate` rules out";
        }
    }

    public override IReadOnlyList<Answer> Compare(ComparedFile current, IReadOnlyList<string> cases)
    {
        var other = (ComparedReport)current;
        int[] launches = [.. LaunchNumbers().Intersect(other.LaunchNumbers())];
        Pairing[] pairs = [.. launches.Select(number => new Pairing(FiguresOf(number), other.FiguresOf(number)))];
        HashSet<string> cold = [.. ColdCases(), .. other.ColdCases()];
        return
        [
            .. new DecisionRule(cases, Metric.OfReports).Decide(pairs, report.Run.Seed).Select(answer =>
                answer.Case is { } name && cold.Contains(name) ? answer with { Judgement = Judgement.NotJudged, Withheld = "not warm" } : answer),
        ];
    }

    private IEnumerable<int> LaunchNumbers() => report.Launches.Where(launch => launch.Clock is not null).Select(launch => launch.Number);

    private IEnumerable<string> ColdCases() => _rows.Where(row => !row.Warmth.IsWarm).Select(row => row.Id.ToString());

    private Dictionary<string, CaseFigures> FiguresOf(int launch)
    {
        ClockFloor clock = report.Launches.Single(one => one.Number == launch).Clock!;
        return (
            from one in report.Cases
            from pass in one.Passes
            where pass.Launch == launch
            select (one.Id, Figures: CaseFigures.Of(RecordedCalls.Decode(pass.Histogram), clock, pass.MeanNs, pass.Process?.AllocatedBytes)))
            .ToDictionary(each => each.Id.ToString(), each => each.Figures);
    }
}
