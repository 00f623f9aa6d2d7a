using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Advice;

public class RecommendationTests
{
    private static readonly CaseReport[] s_direct = [Cell("direct/echo/1KB", 1_000, 500, 40), Cell("direct/echo/100KB", 1_000, 500, 40)];

    private static readonly CaseReport[] s_serviceBinding = [Cell("service-binding/echo/1KB", 16_000, 20_000, 14_000), Cell("service-binding/echo/100KB", 64_000, 80_000, 400_000)];

    private static readonly CaseReport[] s_rawFetch = [Cell("raw-fetch/echo/1KB", 100_000, 10_000, 3_500), Cell("raw-fetch/echo/100KB", 400_000, 40_000, 100_000)];

    [Fact]
    public void The_methods_that_fit_are_named_and_the_cheapest_of_them_in_each_way_over_all_cells() => Assert.Equal(
        [
            "Recommendation for the limits on overhead (p50 < 1.00 ms, p95 < 3.00 ms, p99 < 5.00 ms) with every payload size: service-binding and raw-fetch fit.",
            // √(16 × 64) and √(100 × 400).
            "cheapest in latency (p50), geometric mean of 2 cells: service-binding 32.0 µs [32.0 – 32.0]; next raw-fetch 200 µs [200 – 200]",
            "cheapest in processor time a call, geometric mean of 2 cells: raw-fetch 20.0 µs [20.0 – 20.0]; next service-binding 40.0 µs [40.0 – 40.0]",
            "cheapest in allocation a call, geometric mean of 2 cells: raw-fetch 18.7 KB [18.7 – 18.7]; next service-binding 74.8 KB [74.8 – 74.8]",
        ],
        Lines([.. s_direct, .. s_serviceBinding, .. s_rawFetch]));

    [Fact]
    public void A_budget_for_the_whole_call_and_a_payload_stands_in_place_of_the_limits_on_overhead() => Assert.Equal(
        [
            "Recommendation for a p99 of the whole call under 300 µs with a payload of 100KB: service-binding fits.",
            "does not fit: raw-fetch – echo/100KB: p99 of the whole call 400 µs – 400 µs is not under 300 µs",
            "cheapest in latency (p50): service-binding 64.0 µs [64.0 – 64.0], the only one that fits",
            "cheapest in processor time a call: service-binding 80.0 µs [80.0 – 80.0], the only one that fits",
            "cheapest in allocation a call: service-binding 400 KB [400 – 400], the only one that fits",
        ],
        Lines(new Budget(300_000, "100KB"), [.. s_direct, .. s_serviceBinding, .. s_rawFetch]));

    [Fact]
    public void Where_the_ranges_overlap_the_cheapest_is_not_known_and_all_that_overlap_are_named()
    {
        IReadOnlyList<string> lines = Lines(
        [
            s_direct[0],
            MadeUp.Case("service-binding/echo/1KB", 10_000, 11_000, 12_000, 13_000, 14_000, 16_000),
            MadeUp.Case("pipe/echo/1KB", 15_000, 15_000, 20_000, 20_000, 25_000, 25_000),
            MadeUp.Case("raw-fetch/echo/1KB", 90_000, 91_000, 92_000, 93_000, 94_000, 95_000),
        ]);

        Assert.Equal("cheapest in latency (p50): not known, the ranges of service-binding 12.5 µs [10.0 – 16.0] and pipe 20.0 µs [15.0 – 25.0] overlap", lines[1]);
        // All made-up passes allocate alike.
        Assert.StartsWith("cheapest in allocation a call: not known, the ranges of service-binding 1.23 KB", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Fewer_launches_than_six_are_told_apart_by_ranges_that_are_widened()
    {
        Assert.Contains(
            "not known, the ranges of service-binding 16.0 µs and raw-fetch 30.0 µs, widened by half, overlap",
            Lines([MadeUp.Case("direct/echo/1KB", 1_000), MadeUp.Case("service-binding/echo/1KB", 16_000), MadeUp.Case("raw-fetch/echo/1KB", 30_000)])[1],
            StringComparison.Ordinal);
        Assert.Contains(
            "service-binding 16.0 µs; next raw-fetch 40.0 µs",
            Lines([MadeUp.Case("direct/echo/1KB", 1_000), MadeUp.Case("service-binding/echo/1KB", 16_000), MadeUp.Case("raw-fetch/echo/1KB", 40_000)])[1],
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_with_a_cell_that_failed_or_was_not_warm_is_left_out_by_name_and_fits_nothing()
    {
        CaseReport cold = s_serviceBinding[0] with { Passes = [.. s_serviceBinding[0].Passes.Select(pass => pass.Compiling(40) with { LastThirdP50Ns = pass.FirstThirdP50Ns * 0.6 })] };
        CaseReport failed = s_rawFetch[1] with { Failures = [new CaseFailure(3, "went away")] };

        IReadOnlyList<string> lines = Lines([.. s_direct, cold, s_serviceBinding[1], s_rawFetch[0], failed]);

        Assert.EndsWith(": no method is known to fit.", lines[0], StringComparison.Ordinal);
        Assert.Equal("not known to fit, left out: service-binding – echo/1KB: not warm: p50 fell from 16.0 µs to 9.60 µs within launch 1, which compiled 40 methods meanwhile", lines[1]);
        Assert.Equal("not known to fit, left out: raw-fetch – echo/100KB: failed in launch 3: went away", lines[2]);
        Assert.Equal(3, lines.Count);
        // The others' cells still are what they are.
        Assert.EndsWith("a payload of 1KB: raw-fetch fits.", Lines(new Budget(null, "1KB"), [.. s_direct, cold, s_serviceBinding[1], s_rawFetch[0], failed])[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_budget_that_the_range_straddles_leaves_the_method_out() => Assert.Contains(
        "not known to fit, left out: service-binding – echo/1KB: p99 of the whole call 10.0 µs – 16.0 µs straddles 12.0 µs",
        Lines(new Budget(12_000, null), [s_direct[0], MadeUp.Case("service-binding/echo/1KB", 10_000, 11_000, 12_000, 13_000, 14_000, 16_000)]));

    [Fact]
    public void The_users_thresholds_are_the_budget_where_they_are_given() => Assert.StartsWith(
        "Recommendation for the limits on overhead (the given thresholds, else p50 < 1.00 ms, p95 < 3.00 ms, p99 < 5.00 ms) with every payload size: service-binding fits.",
        Lines(Budget.Limits, [s_direct[0], s_serviceBinding[0], s_rawFetch[0]], "p50=50us")[0],
        StringComparison.Ordinal);

    [Fact]
    public void What_a_caller_in_another_process_does_not_tell_is_not_known()
    {
        IReadOnlyList<string> lines = RecommendationText.Lines(new RunAnalysis(MadeUp.OfCaller(MadeUp.Report(6, s_direct[0], s_serviceBinding[0]))));

        Assert.Equal("cheapest in processor time a call: not known, service-binding is not known of a caller in another process", lines[2]);
        Assert.Equal("cheapest in allocation a call: not known, service-binding is not known of a caller in another process", lines[3]);
    }

    [Fact]
    public void Methods_are_held_against_each_other_by_the_cells_that_both_have() => Assert.Contains(
        "cheapest in latency (p50): service-binding 16.0 µs [16.0 – 16.0]; next raw-fetch 100 µs [100 – 100]",
        Lines([.. s_direct, .. s_serviceBinding, s_rawFetch[0]]));

    [Fact]
    public void Neither_direct_nor_references_nor_remedies_are_recommended()
    {
        RunReport report = MadeUp.Report(6, [.. s_direct, .. s_serviceBinding, .. s_rawFetch, MadeUp.Case("hop/-/1KB", [.. Enumerable.Repeat(900L, 6)])]);
        report = report with { Methods = [MadeUp.Direct, MadeUp.ServiceBinding with { Tags = [BindingTags.Remedy] }, MadeUp.RawFetch with { Tags = [BindingTags.Remedy] }] };

        Assert.Equal(["Recommendation: none. No method that delegates was measured."], RecommendationText.Lines(new RunAnalysis(report)));
    }

    private static IReadOnlyList<string> Lines(params CaseReport[] cases) => Lines(Budget.Limits, cases);

    private static IReadOnlyList<string> Lines(Budget budget, CaseReport[] cases, params string[] thresholds)
    {
        RunReport report = MadeUp.Report(cases[0].Passes.Count, cases);
        return [.. RecommendationText.Lines(new RunAnalysis(report with { Run = report.Run with { Thresholds = thresholds } }, budget))];
    }

    private static CaseReport Cell(string id, long p50Ns, double cpuNs, double allocatedBytes)
    {
        CaseReport one = MadeUp.Case(id, [.. Enumerable.Repeat(p50Ns, 6)]);
        return one with { Passes = [.. one.Passes.Select(pass => pass with { Process = pass.Process! with { CpuNs = cpuNs, AllocatedBytes = allocatedBytes } })] };
    }
}
