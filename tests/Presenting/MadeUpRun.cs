using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Tests.Presenting;

/// <summary>One made-up run with every kind of case that a report can have.</summary>
internal static class MadeUpRun
{
    public const string HostileText = "refused, \"403\" a|b <script>alert(1)</script>\nsecond line";

    public static RunReport Report { get; } = Make();

    /// <summary>
    /// The same run with several callers at once: a case that scales, one that collapses, one with too few calls, and a reference
    /// without callers.
    /// </summary>
    public static RunReport WithCallers { get; } = MakeCallers();

    private static RunReport Make()
    {
        CaseReport failed = Case("service-binding/compute/1KB", 20_000, 60_000, 90_000);
        PassReport tooShort = MadeUp.Pass((40_000, 900), (70_000, 99));
        RunReport report = MadeUp.Report(
            6,
            // Faster than the clock's floor.
            MadeUp.Case("direct/echo/1KB", 20, 21, 20, 22, 20, 20),
            Case("direct/echo/100KB", 1_000, 1_500, 2_000),
            Case("direct/compute/1KB", 2_000, 2_500, 4_000),
            Case("service-binding/echo/1KB", 16_000, 30_000, 80_000),
            // Too few calls for a p99.
            MadeUp.Case("service-binding/echo/100KB", Enumerable.Repeat(tooShort, 6)),
            // Failed in launch 3, with a text that every format has to escape.
            failed with { Passes = [.. failed.Passes.Where(pass => pass.Launch != 3)], Failures = [new CaseFailure(3, HostileText)] },
            // Beyond the limit, with a cause of its slowest calls.
            Altered("raw-fetch/echo/1KB", 1_500_000, 2_000_000, 6_100_000, pass => pass with { Tail = new TailReport(10, 8, 1, 0, 0) }),
            // Not warm.
            Altered(
                "raw-fetch/echo/100KB", 300_000, 400_000, 900_000,
                pass => pass.Compiling(40) with { LastThirdP50Ns = pass.FirstThirdP50Ns * 0.6 }),
            // Not measured in any launch.
            MadeUp.Case("raw-fetch/compute/1KB"));
        return report with { Launches = [.. report.Launches.Select(launch => launch with { Noise = Noise(launch) })] };
    }

    private static RunReport MakeCallers()
    {
        RunReport report = Report.WithCallers((one, pass) => one.Id.ToString() switch
        {
            // Faster than the clock's floor.
            "direct/echo/1KB" => [Callers(pass, 1, 7e6, 20, 400), Callers(pass, 8, 14e6, 20, 400), Callers(pass, 64, 14e6, 20, 400)],
            "raw-fetch/echo/1KB" =>
            [
                Callers(pass, 1, 900, 1_000_000, 2_000_000, calls: 900),
                Callers(pass, 8, 4_000, 2_000_000, 6_100_000),
                Callers(pass, 64, 300, 90_000_000, 2_100_000_000),
            ],
            _ =>
            [
                Callers(pass, 1, 50_000, 16_000, 80_000),
                Callers(pass, 8, 90_000, 80_000, 400_000),
                Callers(pass, 64, 91_000, 700_000, 3_000_000),
            ],
        });
        var hop = new MethodReport
        {
            Id = "hop",
            Tags = [BindingTags.Reference],
            Settings = "a thread's hand-over",
            Expected = null,
            Floor = null,
            Serializer = null,
        };
        return report with { Methods = [.. report.Methods, hop], Cases = [.. report.Cases, MadeUp.Flat("hop/-/1KB", 900)] };
    }

    private static CallersReport Callers(PassReport pass, int callers, double callsPerSecond, long p50Ns, long p99Ns, int calls = 2_000) =>
        MadeUp.Callers(
            callers,
            Of((long)callsPerSecond, pass.Launch),
            (Of(p50Ns, pass.Launch), calls * 98 / 100),
            (Of(p99Ns, pass.Launch), calls * 2 / 100));

    // Launch 3 was disturbed. Launch 4 has few noise figures, launch 5 has none.
    private static NoiseReport? Noise(LaunchReport launch) => launch.Number switch
    {
        3 => launch.Noise! with { OthersCores = 0.93, LongestStallMs = 45, Stalls = 7 },
        4 => launch.Noise! with
        {
            LoadBefore = null,
            OthersBeforeCores = null,
            OthersCores = null,
            StealCores = null,
            ThrottledMs = null,
            Governor = null,
        },
        5 => null,
        _ => launch.Noise,
    };

    // Every launch has other times, so that a figure's value, low and high differ.
    private static CaseReport Case(string id, long p50Ns, long p95Ns, long p99Ns) => MadeUp.Case(id, Enumerable.Range(0, 6)
        .Select(launch => MadeUp.Pass(Of(p50Ns, launch), Of(p95Ns, launch), Of(p99Ns, launch), 10 * p99Ns)));

    private static CaseReport Altered(string id, long p50Ns, long p95Ns, long p99Ns, Func<PassReport, PassReport> alter)
    {
        CaseReport one = Case(id, p50Ns, p95Ns, p99Ns);
        return one with { Passes = [.. one.Passes.Select(alter)] };
    }

    private static long Of(long ns, int launch) => ns + (ns * ((launch * 2) % 5) / 50);
}
