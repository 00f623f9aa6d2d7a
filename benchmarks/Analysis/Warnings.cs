using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>The closed list of what a report warns of, each with what it means or how to get out of it.</summary>
internal static class Warnings
{
    // Of the loop's wall time, less what recording costs, the calls have to make up this share (Little's law with one
    // call in flight): else the process stood still between calls, where no call can show it.
    private const double MinShareOfWall = 0.95;

    // What a parent on a busy machine may take to hear that a pass has started or ended.
    private const double MaxNewsNs = 100e6;

    public static IReadOnlyList<string> Of(Tables tables)
    {
        RunReport report = tables.Report;
        return
        [
            .. Launches(report),
            .. Noise(RunNoise.Of(report)),
            .. Slow(tables),
            .. Cases("failed", tables.Rows.Where(row => row.Failed), "the other cells stand; the notes say why"),
            .. Collapse(tables.CallersRows),
            .. Cases("not warm", tables.Rows.Where(row => !row.Warmth.IsWarm), "passes no threshold; see the notes"),
            .. Cases(
                "ended by the time limit of a pass",
                tables.Rows.Where(row => row.Passes.Any(pass => pass.HitTimeLimit)),
                FormattableString.Invariant($"fewer than {report.Run.Calls} calls a launch; --profile full gives a pass more time")),
            .. Cases(
                $"longer than {Histograms.Ceiling.TotalSeconds:0} s in some call",
                tables.Rows.Where(row => row.Passes.Any(pass => pass.AboveCeiling > 0)),
                "such a call stands in the figures as if it had taken that long"),
            .. Cases(
                FormattableString.Invariant($"less than {MinShareOfWall * 100:0} % of the wall time within calls"),
                tables.Rows.Where(row => row.Passes.Any(pass => ShareOfWall(pass, report) < MinShareOfWall)),
                "stalls fell between the calls, where no percentile shows them"),
            .. Cases(
                "longer or shorter by the parent process's clock than by the launch's own",
                tables.Rows.Where(row => row.Passes.Any(ClocksDisagree)),
                "one of them stood still or ran at another speed; the figures cannot be trusted"),
        ];
    }

    private static IEnumerable<string> Launches(RunReport report)
    {
        int measured = report.Launches.Count(launch => launch.Outcome == LaunchOutcome.Finished);
        if (report.Run.CallerUrl is not null)
        {
            yield return "one caller process is one launch: verdicts take the range widened by half on either side; how launches differ shows when both workers are started anew and asked again";
        }
        else if (measured < Figure.LaunchesForRange)
        {
            yield return FormattableString.Invariant(
                $"{measured} finished launch{(measured == 1 ? "" : "es")}: verdicts take the range widened by half on either side; {Figure.LaunchesForRange} launches (--profile standard) need no widening");
        }

        foreach (LaunchReport launch in report.Launches.Where(launch => launch.Outcome != LaunchOutcome.Finished))
        {
            yield return $"launch {launch.Number} {launch.Outcome.ToString().ToLowerInvariant()}: {launch.Error}; the cases that it had finished count";
        }

        if (report.Run.Dirty == true)
        {
            yield return "measured on a work tree with uncommitted changes: the commit alone does not name what was measured";
        }
    }

    private static IEnumerable<string> Noise(RunNoise noise)
    {
        if (noise.Grade == NoiseGrade.Disturbed)
        {
            yield return $"{noise.Line} – p99 and comparisons with other files cannot be trusted; end what else runs, or take a machine of its own, and run again";
        }

        foreach (LaunchNoise launch in noise.Worse)
        {
            yield return $"launch {launch.Number} {RunNoise.Name(launch.Grade)}, worse than the run: {launch.Words} – the medians of the launches stand; their ranges include it";
        }
    }

    private static IEnumerable<string> Slow(Tables tables)
    {
        CaseRow[] slow = [.. tables.OverheadRows.Where(row => tables.Verdicts.Of(row)!.Viability == Viability.NotViable)];
        return Cases("not viable", slow, string.Join("; ", slow.OrderBy(row => row.PayloadBytes).Select(row => row.Id.Payload).Distinct().SelectMany(payload => WhatHelps(tables, payload))));
    }

    private static IEnumerable<string> WhatHelps(Tables tables, string payload)
    {
        RemedyRow[] measured = [.. tables.Remedies.Where(row => row.Payload == payload && row.Ratio.Value is not null)];
        RemedyRow[] saving = [.. measured.Where(row => row.Effect == Effect.Saves)];
        return measured.Length == 0 ? [$"this run measured no remedy at {payload}, {Remedy.HowToMeasure} does"]
            : saving.Length == 0 ? [$"no remedy that was measured at {payload} is known to help"]
            : saving.Select(row => row.Sentence);
    }

    // Clearly fewer: as a verdict takes them, the two ranges do not meet.
    private static IEnumerable<string> Collapse(IReadOnlyList<CallersRow> rows) => Cases(
        "collapse",
        from id in rows.GroupBy(row => row.Id)
        from one in id
        where one.Callers == 1
        from row in id
        where row.CallsPerSecond.Judged()?.High < one.CallsPerSecond.Judged()?.Low
        select FormattableString.Invariant($"{row.Id} with {row.Callers} callers"),
        "fewer calls a second than one caller alone makes: limit how many are out at once, or give each its own of what they share");

    private static IEnumerable<string> Cases(string what, IEnumerable<CaseRow> rows, string meaning) => Cases(what, rows.Select(row => row.Id.ToString()), meaning);

    private static IEnumerable<string> Cases(string what, IEnumerable<string> cases, string meaning)
    {
        const int Named = 6;
        string[] ids = [.. cases];
        return ids.Length == 0 ? [] : [$"{what}: {string.Join(", ", ids.Take(Named))}{(ids.Length > Named ? $" and {ids.Length - Named} more" : "")} – {meaning}"];
    }

    private static bool ClocksDisagree(PassReport pass) =>
        pass is { ParentNs: { } parentNs, WallNs: { } wallNs } && Math.Abs(parentNs - wallNs) > Math.Max(MaxNewsNs, (1 - MinShareOfWall) * wallNs);

    // Null where the wall time, or what recording costs, is not known.
    private static double? ShareOfWall(PassReport pass, RunReport report)
    {
        double? recorderNs = report.Launches.First(launch => launch.Number == pass.Launch).Clock!.RecorderNs;
        if (pass.WallNs - (recorderNs * pass.Calls) is not { } lessRecording)
        {
            return null;
        }

        double withinCalls = pass.MeanNs * pass.Calls;
        // What stands between the calls is the recorder's, whose two readings are partly within the call already.
        return withinCalls / Math.Max(withinCalls, lessRecording);
    }
}
