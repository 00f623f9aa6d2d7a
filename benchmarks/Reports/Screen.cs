using System.Globalization;
using WorkerRpc.Benchmarks.Delegation;
using WorkerRpc.Benchmarks.Measurement;
using WorkerRpc.Benchmarks.Noise;

namespace WorkerRpc.Benchmarks.Reports;

/// <summary>What a run comes to, on one screen.</summary>
internal static class Screen
{
    private const int MaxNamedCells = 4;

    public static void Write(TextWriter output, Tables tables)
    {
        output.WriteLine(MarkdownTable.Write(
            [("method", false), ("payload", false), ("worst function", false), ("p50", true), ("p99", true), ("overhead p50", true), ("overhead p99", true), ("verdict", false)],
            [.. tables.OverheadRows.GroupBy(row => (row.Id.Method, row.Id.Payload)).Select(group => Line(tables, group))]));
        if (tables.CallersRows.Count > 0)
        {
            output.WriteLine(MarkdownTable.Write(
                [("method", false), ("slowest payload", false), ("function", false), ("callers", true), ("calls a second", true), ("p50", true), ("p99", true), ("longest", true)],
                [.. tables.CallersRows.GroupBy(row => (row.Id.Method, row.Callers)).Select(CallersLine)]));
        }

        output.WriteLine($"warm:     {string.Join(", ", WarmRatios(tables.Report))} (p50 of the last third of the calls ÷ of the first, median over cases and launches)");
        foreach (string line in Basis(tables.Report))
        {
            output.WriteLine("          " + line);
        }

        foreach (string warning in Warnings.Of(tables))
        {
            output.WriteLine("warning:  " + warning);
        }

        foreach (CostModel model in tables.CostModels.Where(model => model.Function == Matrix.Echo && model.Fixed.Value is not null))
        {
            output.WriteLine($"cost:     {model.Method} {Format.Duration(model.Fixed.Value!.Value)} + {Format.Duration(model.PerKb.Value!.Value)} a KB (p50 of {model.Function})");
        }

        foreach (IGrouping<Remedy, RemedyRow> rows in tables.Remedies.GroupBy(row => row.Remedy))
        {
            output.WriteLine($"remedy:   {rows.Key.Name}: {string.Join(", ", rows.Select(row => $"{row.Payload} {row.Change}"))}");
        }

        output.WriteLine();
        output.WriteLine(VerdictLine(tables));
        output.WriteLine();
        foreach ((int index, string line) in Recommendation.Of(tables).Index())
        {
            output.WriteLine(index == 0 ? line : "  " + line);
        }
    }

    /// <summary>The verdict, and the cells that decided it.</summary>
    public static string VerdictLine(Tables tables)
    {
        Verdicts verdicts = tables.Verdicts;
        if (verdicts.Run is not { } run)
        {
            return "Verdict: none. No cell of service-binding was selected, and no --threshold was given.";
        }

        CellVerdict[] deciding = [.. verdicts.Deciding.Where(cell => cell.Viability == run)];
        if (run == Viability.Viable)
        {
            string methods = string.Join(", ", verdicts.Deciding.Select(cell => cell.Row.Id.Method).Distinct());
            return FormattableString.Invariant($"Verdict: viable. All {deciding.Length} cells of {methods} stay within the limits on overhead ({new Thresholds(tables.Report.Run.Thresholds).Words}).");
        }

        string named = string.Join("; ", deciding.Take(MaxNamedCells).Select(cell => $"{cell.Row.Id}: {cell.Reason}"));
        string more = deciding.Length > MaxNamedCells ? FormattableString.Invariant($"; and {deciding.Length - MaxNamedCells} more") : "";
        return $"Verdict: {CellVerdict.Words(run)}. {named}{more}.";
    }

    /// <summary>What the figures are based on.</summary>
    public static IEnumerable<string> Basis(RunReport report)
    {
        RunSettings run = report.Run;
        int finished = report.Launches.Count(launch => launch.Outcome == LaunchOutcome.Finished);
        string confidence = finished < 2
            ? "one launch gives no interval"
            : string.Create(CultureInfo.InvariantCulture, $"point: median of the launches; [range] holds it with {Figure.Confidence(finished) * 100:0.#} %");
        yield return string.Create(CultureInfo.InvariantCulture, $"profile {run.Profile}: {finished} of {run.Launches} launches × at most {run.Calls} calls a case, seed {run.Seed}; {confidence}");
        if (run.PayloadFile is { } file)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"payload file: {file}; as a payload's data {file.PayloadBytes} bytes of JSON");
        }

        if (run.CallerUrl is { } caller)
        {
            yield return $"caller worker at {caller}, a process of its own: what it runs on is not known here; the hop to it is in no figure";
        }

        if (report.Environment is { } environment)
        {
            yield return $"{environment.Cpu}, {environment.Cores} cores, {environment.Os}, {environment.Runtime}, garbage collector {environment.GarbageCollector}, tiering {environment.Tiering}";
        }

        ClockFloor[] clocks = [.. report.Launches.Select(launch => launch.Clock).OfType<ClockFloor>()];
        if (clocks.Length > 0)
        {
            string costs = clocks.Max(clock => clock.ReadNs) is { } readNs && clocks.Max(clock => clock.RecorderNs) is { } recorderNs
                ? $"a reading {Format.Duration(readNs)}, recording a call with its two readings {Format.Duration(recorderNs)}"
                : "the least difference between two results; what a reading costs is not known";
            yield return $"clock: step {Format.Duration(clocks.Max(clock => clock.StepNs))}, {costs}";
        }

        yield return RunNoise.Of(report).Line;
        yield return $"{(run.CallerUrl is null ? "" : "this program's ")}commit {run.Commit ?? "unknown"}{(run.Dirty == true ? " with uncommitted changes" : "")}, {Minute(run.StartedAt)}{(run.CallerUrl is null ? $", BenchmarkDotNet {report.Environment?.BenchmarkDotNet ?? "unknown"}" : "; the workers' may be another")}";
        foreach (string line in Sittings(report))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Sittings(RunReport report)
    {
        if (report.Launches.All(launch => launch.ResumedAt is null))
        {
            yield break;
        }

        yield return "launches by run: " + string.Join("; ", report.Launches.GroupBy(launch => launch.ResumedAt).Select(run =>
            $"{string.Join(", ", run.Select(launch => launch.Number.ToString(CultureInfo.InvariantCulture)))} {(run.Key is { } at ? "of the resumption at" : "of the first run at")} {Minute(run.Key ?? report.Run.StartedAt)}"));
    }

    private static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static IEnumerable<string> WarmRatios(RunReport report) =>
        from one in report.Cases
        from pass in one.Passes
        where pass.FirstThirdP50Ns > 0
        group pass.LastThirdP50Ns / pass.FirstThirdP50Ns by one.Method into method
        select string.Create(CultureInfo.InvariantCulture, $"{method.Key} {Figure.Of(method).Value:0.000}");

    // What failed is worse than what is slow.
    private static string[] CallersLine(IEnumerable<CallersRow> cases)
    {
        CallersRow worst = cases.MinBy(row => row.CallsPerSecond.Value ?? 0)!;
        return
        [
            worst.Id.Method, worst.Id.Payload, worst.Id.Function, worst.Callers.ToString(CultureInfo.InvariantCulture),
            Format.Rate(worst.CallsPerSecond), Format.Duration(worst.P50), Format.Duration(worst.P99),
            worst.MaxNs is { } ns ? Format.Duration(ns) : "–",
        ];
    }

    private static string[] Line(Tables tables, IEnumerable<CaseRow> functions)
    {
        CaseRow worst = functions.MaxBy(row => (tables.Verdicts.Of(row)!.Viability, row.Overhead!.P50.Value ?? double.MaxValue))!;
        return
        [
            worst.Id.Method, worst.Id.Payload, worst.Id.Function,
            Format.Duration(worst.P50), Format.Duration(worst.P99),
            Format.Duration(worst.Overhead!.P50), Format.Duration(worst.Overhead!.P99),
            CellVerdict.Words(tables.Verdicts.Of(worst)!.Viability),
        ];
    }
}
