using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A <c>report.json</c> to compare. Launches of two runs with the same number form a pair, and the gate's decision rule judges the pairs.
/// The launches of a run are interchangeable, so any pairing that does not depend on the figures is valid. The gate itself is more
/// reliable, because it measures both builds at the same time.
/// </summary>
internal sealed class ComparedReport(RunReport report) : ComparedFile
{
    private const string Unknown = "unknown";

    private readonly IReadOnlyList<CaseSummary> _cases = CaseSummary.All(report);

    public RunReport Report => report;

    /// <summary>All cases of the report, also references.</summary>
    public IReadOnlyList<CaseSummary> Summaries => _cases;

    public override string Kind => "report";

    public override IReadOnlyList<string> Cases { get; } =
        [.. report.Cases.Where(one => !one.Id.IsReference).Select(one => one.Id.ToString())];

    public override IReadOnlyDictionary<string, string> Conditions { get; } = new Dictionary<string, string>
    {
        ["processor"] = report.Environment?.Cpu ?? Unknown,
        ["cores"] = report.Environment?.Cores.ToString(CultureInfo.InvariantCulture) ?? Unknown,
        ["operating system"] = report.Environment?.Os ?? Unknown,
        ["architecture"] = report.Environment?.Architecture ?? Unknown,
        ["runtime"] = report.Environment?.Runtime ?? Unknown,
        ["garbage collector"] = report.Environment?.GarbageCollector ?? Unknown,
        ["tiering"] = report.Environment?.Tiering ?? Unknown,
        ["BenchmarkDotNet"] = report.Environment?.BenchmarkDotNet ?? Unknown,
        ["caller"] = report.Run.CallerUrl is null ? "launches" : "a caller worker of its own",
        ["profile"] = string.Create(CultureInfo.InvariantCulture, $"{report.Run.Profile}, at most {report.Run.Calls} calls a case"),
    };

    // Compare the payload file by its content, because a renamed file is still the same payload.
    public override IReadOnlyDictionary<string, string> SharedConditions { get; } = report.Run.PayloadFile is { } file
        ? new Dictionary<string, string>
        {
            ["payload file"] = string.Create(CultureInfo.InvariantCulture, $"{file.Bytes} bytes, sha256 {file.Sha256}"),
        }
        : [];

    public override IReadOnlyDictionary<string, string> Remarks { get; } = new Dictionary<string, string>
    {
        ["version of this program"] = report.Environment?.Tool ?? Unknown,
        ["launches"] = report.Launches.Count.ToString(CultureInfo.InvariantCulture),
        // Two runs must use the same numbers of callers. The passes with several callers run between the compared passes, and leave more
        // connections and threads open.
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
        .. report.Launches
            .Where(launch => launch.Outcome == LaunchOutcome.Failed)
            .Select(launch => $"launch {launch.Number} failed: {launch.Error}"),
        .. report.Cases
            .SelectMany(one => one.Failures.Select(failure => $"{one.Id} failed in launch {failure.Launch}: {failure.Error}")),
    ];

    public override IEnumerable<string> Basis =>
    [
        "launches of the two runs, paired by their numbers; the machine may have been another at the two times, which `gate` rules out",
    ];

    public override IReadOnlyList<Answer> Compare(ComparedFile current, IReadOnlyList<string> cases)
    {
        var other = (ComparedReport)current;
        int[] launches = [.. LaunchNumbers().Intersect(other.LaunchNumbers())];
        Pairing[] pairs = [.. launches.Select(number => new Pairing(FiguresOf(number), other.FiguresOf(number)))];
        HashSet<string> cold = [.. ColdCases(), .. other.ColdCases()];
        return
        [
            .. new DecisionRule(cases, Metric.OfReports).Decide(pairs, report.Run.Seed).Select(answer =>
                answer.Case is { } name && cold.Contains(name)
                    ? answer with { Judgement = Judgement.NotJudged, Withheld = "not warm" }
                    : answer),
        ];
    }

    private IEnumerable<int> LaunchNumbers() => report.Launches.Where(launch => launch.Clock is not null).Select(launch => launch.Number);

    private IEnumerable<string> ColdCases() => _cases.Where(one => !one.Warmth.IsWarm).Select(one => one.Id.ToString());

    private Dictionary<string, CaseFigures> FiguresOf(int launch)
    {
        ClockFloor clock = report.Launches.Single(one => one.Number == launch).Clock!;
        return (
            from one in report.Cases
            from pass in one.Passes
            where pass.Launch == launch
            let calls = RecordedCalls.Decode(pass.Histogram)
            select (one.Id, Figures: CaseFigures.Of(calls, clock, pass.MeanNs, pass.Process?.AllocatedBytes)))
            .ToDictionary(each => each.Id.ToString(), each => each.Figures);
    }
}
