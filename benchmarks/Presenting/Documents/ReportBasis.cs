using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Text about the basis of a report's figures: the settings, the machine and the noise.</summary>
internal static class ReportBasis
{
    /// <summary>The costs that no figure of a report includes.</summary>
    public const string NotCovered =
        "service time of one caller, no queue; one machine; "
        + "`service-binding` is a model of Cloudflare's (an in-memory hand-over, no isolate)";

    /// <summary>The lines about the basis of the figures, for the top of a document.</summary>
    public static IEnumerable<string> Lines(RunAnalysis analysis)
    {
        RunReport report = analysis.Report;
        return
        [
            .. Settings(report),
            .. Intervals(report),
            .. Environment(report),
            .. Clock(report),
            analysis.Noise.Line,
            .. Anchor(analysis.Anchor),
            Origin(report),
            .. Resumptions(report),
        ];
    }

    /// <summary>
    /// The lines about the basis for a screen: the settings and, unless a warning already reports it, the machine's noise.
    /// </summary>
    public static IEnumerable<string> ShortLines(RunAnalysis analysis) => analysis.Noise.Grade == NoiseGrade.Disturbed
        ? Settings(analysis.Report)
        : Settings(analysis.Report).Append(analysis.Noise.Line);

    private static IEnumerable<string> Settings(RunReport report)
    {
        RunSettings run = report.Run;
        int finished = report.FinishedLaunches;
        string range = finished < 2
            ? "one launch gives no range"
            : "point: median of the launches; [range]: least and greatest launch, on this machine in these minutes";
        string launches = report.EndedEarly == true
            ? FormattableString.Invariant($"launches {finished} of {run.Launches}, ended early;")
            : FormattableString.Invariant($"{finished} of {run.Launches} launches ×");
        yield return $"profile {run.Profile}: {launches} "
            + FormattableString.Invariant($"at most {run.Calls} calls a case, seed {run.Seed}; ")
            + range;
        yield return $"payloads: {run.PayloadKind.Describe()}";
        if (report.EndedEarly == true)
        {
            yield return "ended early: every deciding figure was farther from its limit than launches ever differed, "
                + FormattableString.Invariant($"times {EarlyVerdict.Safety}");
        }

        foreach (IGrouping<int, CaseReport> fewer in report.Cases
            .Where(one => one.Failures.Count == 0 && one.Passes.Count > 0 && one.Passes.Count < finished)
            .GroupBy(one => one.Passes.Count)
            .OrderBy(group => group.Key))
        {
            yield return FormattableString.Invariant(
                $"{fewer.Count()} of {report.Cases.Count} cases have only {fewer.Key} launches: ")
                + "verdicts move the ends of their ranges by "
                + Each(quantile => $"{Factor(Widening.Factor(quantile, fewer.Key))} ({quantile})");
        }

        PassReport[] passes = [.. report.Cases.SelectMany(one => one.Passes)];
        if (passes.Count(pass => pass.EndedEarly == true) is > 0 and var early)
        {
            yield return FormattableString.Invariant($"{early} of {passes.Length} passes ended with fewer calls, because their p50, p95 ")
                + "and p99 had narrow sampling intervals";
        }

        if (run.PayloadFile is { } file)
        {
            yield return $"payload file: {file}; as a payload's data {file.PayloadBytes} bytes of JSON"
                + (file.Files is null ? "" : $" on average; {PayloadFileReport.Label} draws its files in turn");
        }

        if (run.CallerUrl is { } caller)
        {
            yield return $"caller worker at {caller}, a process of its own: "
                + "what it runs on is not known here; the hop to it is in no figure";
        }
    }

    // What a range is worth comes from a study of recorded runs, because launches are not independent.
    private static IEnumerable<string> Intervals(RunReport report)
    {
        int finished = report.FinishedLaunches;
        if (finished == 0)
        {
            return [];
        }

        int launches = Math.Min(finished, Widening.MaxLaunches);
        string plural = launches == 1 ? "" : "es";
        string held = launches == 1 ? "" : FormattableString.Invariant($"the range of {launches} launches held the median of a run ")
            + $"an hour or more later in {Each(quantile => $"{Widening.HeldPercent(quantile, launches)} % ({quantile})")} "
            + "of the recorded cases; ";
        return
        [
            $"interval: {held}verdicts move the ends of {launches} launch{plural} by "
                + Each(quantile => $"{Factor(Widening.Factor(quantile, launches))} ({quantile})")
                + $", which held it in {Format.Percent(Widening.Share, "0")}",
            .. new ThresholdSet(report.Run.Thresholds).Quantiles.Contains(Quantile.P999)
                ? [$"interval of {Quantile.P999.Label}: moved as that of {Quantile.P99}; no recorded runs show how far it should be"]
                : Array.Empty<string>(),
        ];
    }

    private static string Each(Func<Quantile, string> text) => string.Join(", ", Quantile.Limited.Select(text));

    private static IEnumerable<string> Anchor(AnchorDrift? anchor) => anchor is null
        ? []
        : [$"machine: {anchor.Words}; verdicts widen every interval by {Factor(anchor.Drift.Low)} below and "
            + $"{Factor(anchor.Drift.High)} above"];

    private static string Factor(double factor) => string.Create(CultureInfo.InvariantCulture, $"× {factor:0.00}");

    private static IEnumerable<string> Environment(RunReport report) => report.Environment is { } environment
        ? [$"{environment.Processor}, {environment.Cores} cores, {environment.Os}, {environment.Runtime}, "
            + $"garbage collector {environment.GarbageCollector}, tiering {environment.Tiering}"]
        : [];

    private static IEnumerable<string> Clock(RunReport report)
    {
        ClockFloor[] clocks = [.. report.Launches.Select(launch => launch.Clock).OfType<ClockFloor>()];
        if (clocks.Length == 0)
        {
            return [];
        }

        string costs = clocks.Max(clock => clock.ReadNs) is { } readNs && clocks.Max(clock => clock.RecorderNs) is { } recorderNs
            ? $"a reading {Format.Duration(readNs)}, recording a call with its two readings {Format.Duration(recorderNs)}"
            : "the least difference between two results; what a reading costs is not known";
        return [$"clock: step {Format.Duration(clocks.Max(clock => clock.StepNs))}, {costs}"];
    }

    private static string Origin(RunReport report)
    {
        RunSettings run = report.Run;
        string commit = $"commit {run.Commit ?? "unknown"}{(run.Dirty == true ? " with uncommitted changes" : "")}, {Utc(run.StartedAt)}";
        return run.CallerUrl is null
            ? $"{commit}, BenchmarkDotNet {report.Environment?.BenchmarkDotNet ?? "unknown"}"
            : $"this program's {commit}; the workers' may be another";
    }

    private static IEnumerable<string> Resumptions(RunReport report)
    {
        if (report.Launches.All(launch => launch.ResumedAt is null))
        {
            return [];
        }

        IEnumerable<string> runs =
            from launch in report.Launches
            group launch.Number.ToString(CultureInfo.InvariantCulture) by launch.ResumedAt into run
            let which = run.Key is { } at ? $"of the resumption at {Utc(at)}" : $"of the first run at {Utc(report.Run.StartedAt)}"
            select $"{string.Join(", ", run)} {which}";
        return ["launches by run: " + string.Join("; ", runs)];
    }

    private static string Utc(DateTimeOffset time) => RunText.Minute(time) + " UTC";
}
