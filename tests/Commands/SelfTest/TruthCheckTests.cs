using System.Diagnostics;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands.SelfTest;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands.SelfTest;

/// <summary>A report is held against what a binding knows, and whatever is wrong with it is found.</summary>
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
    public void What_is_true_holds_in_all_its_parts()
    {
        IReadOnlyList<Finding> findings = Check(s_true);

        Assert.Equal(["calls", "p50", "p95", "p99", "sum"], findings.Select(finding => finding.What));
        Assert.All(findings, finding => Assert.True(finding.Holds, finding.ToString()));
    }

    public static TheoryData<string, string> EveryLie => new()
    {
        { "a call is missing", "calls" },
        { "p50 is 3 % too long", "p50" },
        { "the long calls are cut", "p99" },
        { "the parent saw a longer pass", "sum" },
        { "the parent saw nothing", "sum" },
        { "a stall that never was", "stalls" },
        { "too few calls for a p99", "p99" },
    };

    [Theory]
    [MemberData(nameof(EveryLie))]
    public void Each_lie_is_found_where_it_is(string lie, string where)
    {
        PassReport pass = lie switch
        {
            "a call is missing" => MadeUp.Pass((ShortNs, 971), (LongNs, 30)),
            "p50 is 3 % too long" => MadeUp.Pass((ShortNs * 103 / 100, 970), (LongNs, 30)),
            "the long calls are cut" => MadeUp.Pass((ShortNs, 970), (LongNs * 9 / 10, 30)),
            "the parent saw a longer pass" => s_true with { ParentNs = s_true.ParentNs * 1.05 },
            "the parent saw nothing" => s_true with { ParentNs = null },
            "a stall that never was" => s_true with { Stalls = new StallReport(3, 5e7, 0, 0) },
            _ => MadeUp.Pass((ShortNs, 900), (LongNs, 30)),
        };

        Assert.Contains(where, Check(pass).Where(finding => !finding.Holds).Select(finding => finding.What));
    }

    [Fact]
    public void Launches_that_differ_are_held_against_the_median_and_both_ends()
    {
        PassReport slow = MadeUp.Pass((2 * ShortNs, 970), (LongNs, 30));
        WriteTruth(1, ShortNs);
        WriteTruth(2, 2 * ShortNs);
        WriteTruth(3, ShortNs);

        Assert.All(Check(3, s_true, slow, s_true), finding => Assert.True(finding.Holds, finding.ToString()));
        Assert.Equal(["p50 high", "p95 high"], Check(3, s_true, s_true, s_true).Where(finding => !finding.Holds).Select(finding => finding.What));
        // An average of the launches, which no launch measured.
        Assert.Contains("p50", Check(3, s_true, slow, slow).Where(finding => !finding.Holds).Select(finding => finding.What));
    }

    [Fact]
    public void What_a_hand_over_took_is_no_lie_and_what_is_beyond_it_is_one()
    {
        // 2 µs from each wait to the next: a call can have taken 4 µs longer than its own.
        WriteTruth(1, ShortNs, handOverTicks: 2 * Stopwatch.Frequency / 1_000_000);

        Assert.All(Check(1, MadeUp.Pass((ShortNs + 3_900, 970), (LongNs, 30))).Where(finding => finding.What == "p50"), finding => Assert.True(finding.Holds));
        Assert.Contains("p50", Check(1, MadeUp.Pass((ShortNs + 5_500, 970), (LongNs, 30))).Where(finding => !finding.Holds).Select(finding => finding.What));
    }

    [Theory]
    // Two stalls of 10.1 ms are a quarter of their launch's 83.6 ms, and an eighth of what both launches take.
    [InlineData(1, false)]
    // They are 1.6 % of what 19 launches take.
    [InlineData(18, true)]
    public void A_stall_that_the_report_does_not_name_is_missed_only_where_it_is_enough_of_all_launches(int others, bool holds)
    {
        WriteTruth(1, ShortNs, stallNs: 10_050_000 + ShortNs);
        Enumerable.Range(2, others).ToList().ForEach(launch => WriteTruth(launch, ShortNs));
        PassReport stalled = MadeUp.Pass((ShortNs, 968), (LongNs, 30), (10_050_000 + ShortNs, 2));

        IEnumerable<Finding> findings = Check(others + 1, [stalled, .. Enumerable.Repeat(s_true, others)]).Where(finding => finding.What == "stalls");

        Assert.Equal(holds, findings.All(finding => finding.Holds));
    }

    private IReadOnlyList<Finding> Check(PassReport pass)
    {
        WriteTruth(1, ShortNs);
        return Check(1, pass);
    }

    private IReadOnlyList<Finding> Check(int launches, params PassReport[] passes)
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(launches, MadeUp.Case(Id, passes))), _folder.Root);
        return TruthCheck.Of(_folder.Root, Method, [.. Enumerable.Range(1, launches).Select(Launch)]);
    }

    private void WriteTruth(int launch, long shortNs, long handOverTicks = 0, long? stallNs = null)
    {
        var truth = new Truth(capacity: 1000);
        long now = 0;
        for (int call = 0; call < 1000; call++)
        {
            // In the order in which they came, which is not that of their length.
            long ticks = (call >= 998 && stallNs is { } stall ? stall : call % 100 < 3 ? LongNs : shortNs) * Stopwatch.Frequency / 1_000_000_000;
            truth.Add(now, now + ticks);
            now += ticks + handOverTicks;
        }

        Directory.CreateDirectory(Launch(launch));
        truth.Write(Launch(launch), Method);
    }

    private string Launch(int number) => _folder.File($"launch{number}");
}
