using System.Globalization;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>A line on the screen.</summary>
/// <param name="Label">What kind of line it is; empty where it goes on from the one above.</param>
/// <param name="Text">What it says.</param>
internal sealed record ScreenLine(string Label, string Text);

/// <summary>What a run comes to, on one screen: made from the report alone, and drawn by others.</summary>
/// <param name="Viability">The run's verdict; null where no cell decides it.</param>
/// <param name="Verdict">The verdict, and the cells that decided it.</param>
/// <param name="Tables">The tables that have room.</param>
/// <param name="Lines">What the figures are based on, what is warned of, what calls cost, what helps.</param>
/// <param name="Recommendation">The recommendation: its first line says for what, the others follow from it.</param>
/// <param name="Next">One command that is worth typing.</param>
internal sealed record Screen(
    Viability? Viability, string Verdict, IReadOnlyList<ScreenTable> Tables, IReadOnlyList<ScreenLine> Lines, IReadOnlyList<string> Recommendation, string Next)
{
    private const int MaxNamedCells = 4;

    // Of each kind so many; overhead.md has them all.
    private const int MaxWarnings = 3;
    private const int MaxLines = 2;

    /// <summary>What a report comes to.</summary>
    /// <param name="tables">The report.</param>
    /// <param name="next">One command that is worth typing.</param>
    public static Screen Of(Tables tables, string next) => new(
        tables.Verdicts.Run,
        VerdictLine(tables),
        ScreenTable.Of(tables),
        [
            .. Labelled("basis", ShortBasis(tables.Report)),
            .. Labelled("warm", Warm(tables.Report)),
            .. Capped("warning", MaxWarnings, Warnings.Of(tables)),
            .. Capped("cost", MaxLines, Costs(tables)),
            .. Capped("remedy", MaxLines, Remedies(tables)),
        ],
        Analysis.Recommendation.InBrief(tables, MaxLines),
        next);

    /// <summary>The verdict, and the cells that decided it.</summary>
    public static string VerdictLine(Tables tables)
    {
        Verdicts verdicts = tables.Verdicts;
        if (verdicts.Run is not { } run)
        {
            return "Verdict: none. No cell of service-binding was selected, and no --threshold was given.";
        }

        CellVerdict[] deciding = [.. verdicts.Deciding.Where(cell => cell.Viability == run)];
        if (run == Analysis.Viability.Viable)
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
        foreach (string line in Asked(report))
        {
            yield return line;
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

    // How it was asked for. A header's every line has no room here, and stands in each document.
    private static IEnumerable<string> ShortBasis(RunReport report)
    {
        var noise = RunNoise.Of(report);
        // After a disturbed run a warning says it.
        return noise.Grade == NoiseGrade.Disturbed ? Asked(report) : Asked(report).Append(noise.Line);
    }

    private static IEnumerable<string> Asked(RunReport report)
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

    private static IEnumerable<string> Warm(RunReport report)
    {
        (string Method, double Ratio)[] ratios =
        [
            .. from one in report.Cases
               from pass in one.Passes
               where pass.FirstThirdP50Ns > 0
               group pass.LastThirdP50Ns / pass.FirstThirdP50Ns by one.Method into method
               let ratio = (Method: method.Key, Ratio: Figure.Of(method).Value!.Value)
               orderby ratio.Ratio
               select ratio,
        ];
        return ratios.Length == 0 ? [] : [$"{Named(ratios[0])}{(ratios.Length == 1 ? "" : $" to {Named(ratios[^1])}")}: p50 of the last third of the calls ÷ of the first"];

        static string Named((string Method, double Ratio) one) => string.Create(CultureInfo.InvariantCulture, $"{one.Ratio:0.000} ({one.Method})");
    }

    private static IEnumerable<string> Costs(Tables tables) =>
        from model in tables.CostModels
        where model.Function == Matrix.Echo && model.Fixed.Value is not null
        select $"{model.Method} {Format.Duration(model.Fixed.Value!.Value)} + {Format.Duration(model.PerKb.Value!.Value)} a KB (p50 of {model.Function})";

    private static IEnumerable<string> Remedies(Tables tables) =>
        from row in tables.Remedies
        group row by row.Remedy into rows
        select $"{rows.Key.Name}: {string.Join(", ", rows.Select(row => $"{row.Payload} {row.Change}"))}";

    private static IEnumerable<ScreenLine> Labelled(string label, IEnumerable<string> texts) =>
        texts.Select((text, index) => new ScreenLine(index == 0 ? label : "", text));

    private static IEnumerable<ScreenLine> Capped(string label, int most, IEnumerable<string> texts)
    {
        string[] all = [.. texts];
        ScreenLine[] shown = [.. all.Take(most).Select(text => new ScreenLine(label, text))];
        return all.Length > most ? shown.Append(new ScreenLine("", FormattableString.Invariant($"and {all.Length - most} more in overhead.md"))) : shown;
    }
}
