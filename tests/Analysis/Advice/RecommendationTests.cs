using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Analysis.Advice;

public class RecommendationTests
{
    private static readonly CaseReport[] s_direct = [Case("direct/echo/1KB", 1_000, 500, 40), Case("direct/echo/100KB", 1_000, 500, 40)];

    private static readonly CaseReport[] s_serviceBinding =
        [Case("service-binding/echo/1KB", 16_000, 20_000, 14_000), Case("service-binding/echo/100KB", 64_000, 80_000, 400_000)];

    private static readonly CaseReport[] s_rawFetch =
        [Case("raw-fetch/echo/1KB", 100_000, 10_000, 3_500), Case("raw-fetch/echo/100KB", 400_000, 40_000, 100_000)];

    [Fact]
    public void Recommendation_names_fitting_methods_and_cheapest_by_quantity() => Assert.Equal(
        [
            $"Recommendation for the limits on overhead ({new ThresholdSet([]).Words}) with every payload size: "
                + "service-binding and raw-fetch fit.",
            // The geometric means: √(16 × 64) = 32 and √(100 × 400) = 200.
            "cheapest in latency (p50), geometric mean of 2 cases: "
                + "service-binding 32.0 µs [32.0 – 32.0]; next raw-fetch 200 µs [200 – 200], × 6.25 [6.25 – 6.25] in the same launch",
            "cheapest in processor time a call, geometric mean of 2 cases: "
                + "raw-fetch 20.0 µs [20.0 – 20.0]; next service-binding 40.0 µs [40.0 – 40.0], × 2.00 [2.00 – 2.00] in the same launch",
            "cheapest in allocation a call, geometric mean of 2 cases: "
                + "raw-fetch 18.7 KB [18.7 – 18.7]; next service-binding 74.8 KB [74.8 – 74.8], × 4.00 [4.00 – 4.00] in the same launch",
        ],
        Lines([.. s_direct, .. s_serviceBinding, .. s_rawFetch]));

    [Fact]
    public void Latency_is_ranked_for_each_place_of_the_runtime()
    {
        RunReport report = MadeUp.Report(6, [.. s_direct, .. s_serviceBinding, .. s_rawFetch]);
        RunReport known = WithReaches(report);

        const string Only = ", geometric mean of 2 cases: raw-fetch 200 µs [200 – 200], the only one that fits";
        Assert.Equal(
            [
                $"cheapest in latency (p50) between two processes of a machine{Only}",
                $"cheapest in latency (p50) between two machines{Only}",
            ],
            RecommendationText.Lines(new RunAnalysis(known)).TakeLast(2));
        // Of service-binding alone, no method reaches another process.
        Assert.Equal(
            [
                "between two processes of a machine: no method that is known to fit reaches so far",
                "between two machines: no method that is known to fit reaches so far",
            ],
            RecommendationText.Lines(new RunAnalysis(WithReaches(MadeUp.Report(6, [.. s_direct, .. s_serviceBinding])))).TakeLast(2));
        // Older reports do not say how far a method reaches.
        Assert.DoesNotContain(
            RecommendationText.Lines(new RunAnalysis(report)), line => line.Contains(" between two ", StringComparison.Ordinal));
    }

    private static RunReport WithReaches(RunReport report) => report with
    {
        Methods =
        [
            .. report.Methods.Select(method => method with
            {
                Reach = method.Id == MadeUp.RawFetch.Id ? MethodReach.Network : MethodReach.Process,
            }),
        ],
    };

    [Fact]
    public void Budget_for_whole_call_replaces_overhead_limits() => Assert.Equal(
        [
            "Recommendation for a p99 of the whole call under 300 µs with a payload of 100KB: service-binding fits.",
            "does not fit: raw-fetch – echo/100KB: p99 of the whole call 388 µs – 412 µs is not under 300 µs",
            "cheapest in latency (p50): service-binding 64.0 µs [64.0 – 64.0], the only one that fits",
            "cheapest in processor time a call: service-binding 80.0 µs [80.0 – 80.0], the only one that fits",
            "cheapest in allocation a call: service-binding 400 KB [400 – 400], the only one that fits",
        ],
        Lines(new Budget(300_000, "100KB"), [.. s_direct, .. s_serviceBinding, .. s_rawFetch]));

    [Fact]
    public void Cheapest_is_unknown_when_launches_disagree()
    {
        IReadOnlyList<string> lines = Lines(
        [
            s_direct[0],
            MadeUp.Case("service-binding/echo/1KB", 10_000, 11_000, 12_000, 13_000, 14_000, 16_000),
            MadeUp.Case("pipe/echo/1KB", 15_000, 10_000, 20_000, 12_000, 18_000, 15_000),
            MadeUp.Case("raw-fetch/echo/1KB", 90_000, 91_000, 92_000, 93_000, 94_000, 95_000),
        ]);

        Assert.Equal(
            "cheapest in latency (p50): not known, "
                + "in the same launches service-binding 12.5 µs [10.0 – 16.0] and pipe 15.0 µs [10.0 – 20.0] do not differ enough",
            lines[1]);
        // MadeUp.Case gives all methods the same allocation.
        Assert.StartsWith(
            "cheapest in allocation a call: not known, in the same launches service-binding 1.23 KB", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Cheapest_is_known_when_ranges_overlap_but_every_launch_agrees() => Assert.StartsWith(
        "cheapest in latency (p50): service-binding 12.5 µs [10.0 – 16.0]; next pipe 15.0 µs [12.0 – 19.2], × 1.20 [",
        Lines(
        [
            s_direct[0],
            MadeUp.Case("service-binding/echo/1KB", 10_000, 11_000, 12_000, 13_000, 14_000, 16_000),
            MadeUp.Case("pipe/echo/1KB", 12_000, 13_200, 14_400, 15_600, 16_800, 19_200),
        ])[1],
        StringComparison.Ordinal);

    [Fact]
    public void Cheapest_is_unknown_with_one_launch() => Assert.Equal(
        "cheapest in latency (p50): not known, a comparison needs 3 launches, this one has 1",
        Lines(
        [
            MadeUp.Case("direct/echo/1KB", 1_000),
            MadeUp.Case("service-binding/echo/1KB", 16_000),
            MadeUp.Case("raw-fetch/echo/1KB", 160_000),
        ])[1]);

    [Fact]
    public void Method_with_failed_or_cold_case_does_not_fit()
    {
        CaseReport cold = s_serviceBinding[0] with
        {
            Passes =
            [
                .. s_serviceBinding[0].Passes
                    .Select(pass => pass.Compiling(40) with { LastThirdP50Ns = pass.FirstThirdP50Ns * 0.6 }),
            ],
        };
        CaseReport failed = s_rawFetch[1] with { Failures = [new CaseFailure(3, "went away")] };
        CaseReport[] cases = [.. s_direct, cold, s_serviceBinding[1], s_rawFetch[0], failed];

        IReadOnlyList<string> lines = Lines(cases);

        Assert.EndsWith(": no method is known to fit.", lines[0], StringComparison.Ordinal);
        Assert.Equal(
            "not known to fit, left out: service-binding – echo/1KB: "
                + "not warm: p50 fell from 16.0 µs to 9.60 µs within launch 1, which compiled 40 methods meanwhile",
            lines[1]);
        Assert.Equal("not known to fit, left out: raw-fetch – echo/100KB: failed in launch 3: went away", lines[2]);
        Assert.Equal(3, lines.Count);
        // The failure at 100KB does not count if the budget covers 1KB only.
        Assert.EndsWith("a payload of 1KB: raw-fetch fits.", Lines(new Budget(null, "1KB"), cases)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Method_is_left_out_when_range_straddles_budget() => Assert.Contains(
        "not known to fit, left out: service-binding – echo/1KB: p99 of the whole call 9.72 µs – 16.5 µs straddles 12.0 µs",
        Lines(
            new Budget(12_000, null),
            [s_direct[0], MadeUp.Case("service-binding/echo/1KB", 10_000, 11_000, 12_000, 13_000, 14_000, 16_000)]));

    [Fact]
    public void User_thresholds_are_the_budget() => Assert.StartsWith(
        $"Recommendation for the limits on overhead (p50=50us; else {new ThresholdSet([]).Words}) "
            + "with every payload size: service-binding fits.",
        Lines(Budget.Limits, [s_direct[0], s_serviceBinding[0], s_rawFetch[0]], "p50=50us")[0],
        StringComparison.Ordinal);

    [Fact]
    public void Quantities_that_a_caller_process_lacks_are_unknown()
    {
        RunReport report = MadeUp.OfCaller(MadeUp.Report(6, s_direct[0], s_serviceBinding[0]));

        IReadOnlyList<string> lines = RecommendationText.Lines(new RunAnalysis(report));

        const string Reason = "not known, service-binding is not known of a caller in another process";
        Assert.Equal($"cheapest in processor time a call: {Reason}", lines[2]);
        Assert.Equal($"cheapest in allocation a call: {Reason}", lines[3]);
    }

    [Fact]
    public void Methods_are_compared_over_shared_cases_only() => Assert.Contains(
        "cheapest in latency (p50): service-binding 16.0 µs [16.0 – 16.0]; "
            + "next raw-fetch 100 µs [100 – 100], × 6.25 [6.25 – 6.25] in the same launch",
        Lines([.. s_direct, .. s_serviceBinding, s_rawFetch[0]]));

    [Fact]
    public void Only_delegating_methods_are_recommended()
    {
        CaseReport reference = MadeUp.Case("hop/-/1KB", [.. Enumerable.Repeat(900L, 6)]);
        RunReport report = MadeUp.Report(6, [.. s_direct, .. s_serviceBinding, .. s_rawFetch, reference]);
        report = report with
        {
            Methods =
            [
                MadeUp.Direct,
                MadeUp.ServiceBinding with { Tags = [BindingTags.Remedy] },
                MadeUp.RawFetch with { Tags = [BindingTags.Remedy] },
            ],
        };

        Assert.Equal(["Recommendation: none. No method that delegates was measured."], RecommendationText.Lines(new RunAnalysis(report)));
    }

    private static IReadOnlyList<string> Lines(params CaseReport[] cases) => Lines(Budget.Limits, cases);

    private static IReadOnlyList<string> Lines(Budget budget, CaseReport[] cases, params string[] thresholds)
    {
        RunReport report = MadeUp.Report(cases[0].Passes.Count, cases);
        return [.. RecommendationText.Lines(new RunAnalysis(report with { Run = report.Run with { Thresholds = thresholds } }, budget))];
    }

    private static CaseReport Case(string id, long p50Ns, double cpuNs, double allocatedBytes)
    {
        CaseReport one = MadeUp.Case(id, [.. Enumerable.Repeat(p50Ns, 6)]);
        return one with { Passes = [.. one.Passes.Select(WithProcess)] };

        PassReport WithProcess(PassReport pass) =>
            pass with { Process = pass.Process! with { CpuNs = cpuNs, AllocatedBytes = allocatedBytes } };
    }
}
