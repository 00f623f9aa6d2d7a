using System.Diagnostics;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands.SelfTest;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands.SelfTest;

/// <summary>Compares reports with known call lengths, and checks that each error in a report is found.</summary>
public sealed class TruthCheckTests : IDisposable
{
    private const string Method = "truth-mixed";
    private const string Id = Method + "/echo/100B";
    private const long ShortNs = 50_000;
    private const long LongNs = 500_000;

    private static readonly PassReport s_true = MadeUp.Pass((ShortNs, 970), (LongNs, 30));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void True_report_passes_every_check()
    {
        IReadOnlyList<Finding> findings = Check(s_true);

        Assert.Equal(["calls", "p50", "p95", "p99", "sum"], findings.Select(finding => finding.What));
        Assert.All(findings, finding => Assert.True(finding.Holds, finding.ToString()));
    }

    public static TheoryData<string, string> EveryError => new()
    {
        { "a call is missing", "calls" },
        { "p50 is 3 % too long", "p50" },
        { "the long calls are cut", "p99" },
        { "the parent saw a longer pass", "sum" },
        { "the parent saw nothing", "sum" },
        { "a stall that did not happen", "stalls" },
        { "too few calls for a p99", "p99" },
    };

    [Theory]
    [MemberData(nameof(EveryError))]
    public void Each_error_is_found_in_its_figure(string error, string figure)
    {
        PassReport pass = error switch
        {
            "a call is missing" => MadeUp.Pass((ShortNs, 971), (LongNs, 30)),
            "p50 is 3 % too long" => MadeUp.Pass((ShortNs * 103 / 100, 970), (LongNs, 30)),
            "the long calls are cut" => MadeUp.Pass((ShortNs, 970), (LongNs * 9 / 10, 30)),
            "the parent saw a longer pass" => s_true with { ParentNs = s_true.ParentNs * 1.05 },
            "the parent saw nothing" => s_true with { ParentNs = null },
            "a stall that did not happen" => s_true with { Stalls = new StallReport(3, 5e7, 0, 0) },
            _ => MadeUp.Pass((ShortNs, 900), (LongNs, 30)),
        };

        Assert.Contains(figure, Check(pass).Where(finding => !finding.Holds).Select(finding => finding.What));
    }

    [Fact]
    public void Different_launches_are_compared_by_median_and_range()
    {
        PassReport slow = MadeUp.Pass((2 * ShortNs, 970), (LongNs, 30));
        WriteTruth(1, ShortNs);
        WriteTruth(2, 2 * ShortNs);
        WriteTruth(3, ShortNs);

        Assert.All(Check(3, s_true, slow, s_true), finding => Assert.True(finding.Holds, finding.ToString()));
        Assert.Equal(["p50 high", "p95 high"], Wrong(Check(3, s_true, s_true, s_true)));
        // Two slow launches move the median, but only one launch was slow.
        Assert.Contains("p50", Wrong(Check(3, s_true, slow, slow)));
    }

    [Fact]
    public void Hand_over_time_is_accepted_and_longer_is_not()
    {
        // With 2 µs between waits, a call can take up to 4 µs longer than its own wait.
        WriteTruth(1, ShortNs, handOverTicks: 2 * Stopwatch.Frequency / 1_000_000);

        Assert.DoesNotContain("p50", Wrong(Check(1, MadeUp.Pass((ShortNs + 3_900, 970), (LongNs, 30)))));
        Assert.Contains("p50", Wrong(Check(1, MadeUp.Pass((ShortNs + 5_500, 970), (LongNs, 30)))));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(18, true)]
    public void Unreported_stall_is_accepted_only_if_its_share_is_small(int others, bool holds)
    {
        // Two stalls of 10.1 ms are an eighth of the time of 2 launches, and 1.6 % of the time of 19 launches.
        WriteTruth(1, ShortNs, stallNs: 10_050_000 + ShortNs);
        Enumerable.Range(2, others).ToList().ForEach(launch => WriteTruth(launch, ShortNs));
        PassReport stalled = MadeUp.Pass((ShortNs, 968), (LongNs, 30), (10_050_000 + ShortNs, 2));

        IReadOnlyList<Finding> findings = Check(others + 1, [stalled, .. Enumerable.Repeat(s_true, others)]);

        Assert.Equal(!holds, Wrong(findings).Contains("stalls"));
    }

    private static IEnumerable<string> Wrong(IEnumerable<Finding> findings) =>
        findings.Where(finding => !finding.Holds).Select(finding => finding.What);

    private IReadOnlyList<Finding> Check(PassReport pass)
    {
        WriteTruth(1, ShortNs);
        return Check(1, pass);
    }

    private IReadOnlyList<Finding> Check(int launches, params PassReport[] passes)
    {
        RunReport report = MadeUp.Report(launches, MadeUp.Case(Id, passes)) with
        {
            Methods = [MadeUp.RawFetch with { Id = Method, Tags = [], Expected = null }],
        };
        ReportFiles.Write(new RunAnalysis(report), _folder.Root);
        return TruthCheck.Of(_folder.Root, Method, [.. Enumerable.Range(1, launches).Select(Launch)]);
    }

    private void WriteTruth(int launch, long shortNs, long handOverTicks = 0, long? stallNs = null)
    {
        var truth = new Truth(capacity: 1000);
        long now = 0;
        for (int call = 0; call < 1000; call++)
        {
            // Long and short calls are mixed, as in a real pass, not sorted.
            long ns = call >= 998 && stallNs is { } stall ? stall : call % 100 < 3 ? LongNs : shortNs;
            long ticks = ns * Stopwatch.Frequency / 1_000_000_000;
            truth.Add(now, now + ticks);
            now += ticks + handOverTicks;
        }

        Directory.CreateDirectory(Launch(launch));
        truth.Write(Launch(launch), Method);
    }

    private string Launch(int number) => _folder.File($"launch{number}");
}
