using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>Creates all warnings of a report. Each warning states its consequence, or what the user can do.</summary>
internal static class RunWarnings
{
    private const int MaxNamedCases = 6;

    // With one call at a time, the calls must take at least this share of the loop's wall time, after the cost of recording is subtracted
    // (Little's law). A lower share means that the process was paused between calls, where no call's time includes the pause.
    private const double MinShareOfWall = 0.95;

    // The parent process may receive the message that a pass started or ended up to 100 ms late if the machine is busy. A smaller
    // difference between the two clocks gets no warning.
    private const double MaxNewsNs = 100e6;

    /// <summary>Returns the warnings of a run, in the order of reports.</summary>
    public static IReadOnlyList<string> Of(RunAnalysis analysis)
    {
        RunReport report = analysis.Report;
        return
        [
            .. Launches(report),
            .. Noise(analysis.Noise),
            .. Moved(analysis.Anchor),
            .. NotViable(analysis),
            .. Cases("failed", analysis.Cases.Where(one => one.Failed), "the other cases stand; the notes say why"),
            .. Cases(
                "stalls",
                analysis.Cases.Where(one => one is { Tail.IsStall: true, Id.IsReference: false }),
                "calls that no p99 shows take much of a caller's time; the notes say how much"),
            .. ChangedSettings(report),
            .. Cases(
                "live heap grows with the calls",
                analysis.Cases.Where(one => one.HeapNote is not null).Select(one => one.Id.Method).Distinct(),
                "memory that is not released; the longer a worker runs, the more its collections cost"),
            .. Collapse(analysis.Callers),
            .. Cases(
                "p99 of the launches differs by more than 2 ×",
                analysis.Cases.Where(one => !one.Id.IsReference && CaseNotes.HasWideTail(one)),
                "read it as its range; the p99 of all calls stands beside it"),
            .. Cases("not warm", analysis.Cases.Where(one => one.Warmth.IsCold), "passes no threshold; see the notes"),
            .. Cases(
                "not warm",
                analysis.Cases.Where(one => !one.Warmth.IsWarm && !one.Warmth.IsCold),
                "its verdict stands only where the same change once more could not turn it; see the notes"),
            .. Drifted(analysis.Drift),
            .. Cases(
                "ended by the time limit of a pass",
                WithPass(pass => pass.HitTimeLimit),
                FormattableString.Invariant($"fewer than {report.Run.Calls} calls a launch; --profile full gives a pass more time")),
            .. Cases(
                $"longer than {Histograms.Ceiling.TotalSeconds:0} s in some call",
                WithPass(pass => pass.AboveCeiling > 0),
                "such a call stands in the figures as if it had taken that long"),
            .. Cases(
                FormattableString.Invariant($"less than {MinShareOfWall * 100:0} % of the wall time within calls"),
                WithPass(pass => ShareOfWall(pass, report) < MinShareOfWall),
                "stalls fell between the calls, where no percentile shows them"),
            .. Cases(
                "longer or shorter by the parent process's clock than by the launch's own",
                WithPass(ClocksDisagree),
                "one of them stood still or ran at another speed; the figures cannot be trusted"),
        ];

        IEnumerable<CaseSummary> WithPass(Func<PassReport, bool> holds) => analysis.Cases.Where(one => one.Passes.Any(holds));
    }

    private static IEnumerable<string> Launches(RunReport report)
    {
        int finished = report.FinishedLaunches;
        if (report.Run.CallerUrl is not null)
        {
            yield return $"one caller process is one launch: {Widened(1)}; "
                + "how launches differ shows when both workers are started anew and asked again";
        }
        else if (finished < Widening.MaxLaunches)
        {
            yield return FormattableString.Invariant($"{finished} finished launch{(finished == 1 ? "" : "es")}: ")
                + $"{Widened(finished)}; "
                + FormattableString.Invariant($"{Widening.MaxLaunches} launches (--profile standard) need less: ")
                + Factors(Widening.MaxLaunches);
        }

        foreach (LaunchReport launch in report.Launches.Where(launch => launch.Outcome != LaunchOutcome.Finished))
        {
            string outcome = launch.Outcome.ToString().ToLowerInvariant();
            yield return $"launch {launch.Number} {outcome}: {launch.Error}; the cases that it had finished count";
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
            yield return $"{noise.Line} – p99 and comparisons with other files cannot be trusted; "
                + "end what else runs, or take a machine of its own, and run again";
        }

        foreach (LaunchNoise launch in noise.Worse)
        {
            yield return $"launch {launch.Number} {RunNoise.Name(launch.Grade)}, worse than the run: {launch.Words}"
                + " – the medians of the launches stand; their ranges include it";
        }
    }

    private static IEnumerable<string> ChangedSettings(RunReport report) =>
        from method in report.Methods
        let changes = MethodNotes.Changes(method.Id, report)
        where changes.Count > 0
        select $"{method.Id} changed the process's {string.Join(", ", changes)} – all methods share the process, so their figures may "
            + "include it; measure the method alone: --filter";

    private static IEnumerable<string> Drifted(Drift drift) => drift.Drifted is { } drifted
        ? [$"{drifted}, most in {drift.Worst!.Case}: {drift.Worst.Words} – the machine or the program changed its speed meanwhile"]
        : [];

    private static IEnumerable<string> Moved(AnchorDrift? anchor)
    {
        if (anchor is { IsNoted: true })
        {
            yield return $"{anchor.Words} – the machine changed its speed during the run; "
                + "a comparison with another file may show the machine, not the code";
        }
    }

    private static string Widened(int launches) => $"verdicts move the ends of a range by {Factors(launches)}";

    private static string Factors(int launches) => string.Join(", ", Quantile.Limited.Select(quantile =>
        string.Create(CultureInfo.InvariantCulture, $"{quantile} × {Widening.Factor(quantile, launches):0.00}")));

    private static IEnumerable<string> NotViable(RunAnalysis analysis)
    {
        CaseSummary[] slow =
            [.. analysis.Overheads.Where(row => row.Verdict.Viability == Viability.NotViable).Select(row => row.Case)];
        IEnumerable<string> payloads = slow.OrderBy(one => one.PayloadBytes).Select(one => one.Id.Payload).Distinct();
        return Cases("not viable", slow, string.Join("; ", payloads.SelectMany(payload => WhatHelps(analysis.Remedies, payload))));
    }

    private static IEnumerable<string> WhatHelps(IReadOnlyList<RemedyEffect> remedies, string payload)
    {
        RemedyEffect[] measured = [.. remedies.Where(effect => effect.Payload == payload && effect.Ratio.Value is not null)];
        RemedyEffect[] saving = [.. measured.Where(effect => effect.Effect == Effect.Saves)];
        return measured.Length == 0 ? [$"this run measured no remedy at {payload}, {RemedyAdvice.HowToMeasure} does"]
            : saving.Length == 0 ? [$"no remedy that was measured at {payload} is known to help"]
            : saving.Select(effect => effect.Sentence);
    }

    // Warns if several concurrent callers together make fewer calls per second than one caller. The two intervals must not overlap.
    private static IEnumerable<string> Collapse(IReadOnlyList<CallersSummary> callers) => Cases(
        "collapse",
        from sameCase in callers.GroupBy(one => one.Id)
        from alone in sameCase
        where alone.Callers == 1
        from together in sameCase
        where together.CallsPerSecond.Judged()?.High < alone.CallsPerSecond.Judged()?.Low
        select FormattableString.Invariant($"{together.Id} with {together.Callers} callers"),
        "fewer calls a second than one caller alone makes: limit how many are out at once, or give each its own of what they share");

    private static IEnumerable<string> Cases(string what, IEnumerable<CaseSummary> cases, string meaning) =>
        Cases(what, cases.Select(one => one.Id.ToString()), meaning);

    private static IEnumerable<string> Cases(string what, IEnumerable<string> cases, string meaning)
    {
        string[] all = [.. cases];
        string more = all.Length > MaxNamedCases ? $" and {all.Length - MaxNamedCases} more" : "";
        return all.Length == 0 ? [] : [$"{what}: {string.Join(", ", all.Take(MaxNamedCases))}{more} – {meaning}"];
    }

    private static bool ClocksDisagree(PassReport pass) =>
        pass is { ParentNs: { } parentNs, WallNs: { } wallNs }
        && Math.Abs(parentNs - wallNs) > Math.Max(MaxNewsNs, (1 - MinShareOfWall) * wallNs);

    // Returns the time of the calls as a share of the loop's wall time without the cost of recording and checking. Returns null if the wall
    // time or the cost of recording is unknown.
    private static double? ShareOfWall(PassReport pass, RunReport report)
    {
        double? recorderNs = report.Launches.First(launch => launch.Number == pass.Launch).Clock!.RecorderNs;
        if (pass.WallNs - (recorderNs * pass.Calls) - (pass.CheckingNs ?? 0) is not { } lessRecording)
        {
            return null;
        }

        double withinCalls = pass.MeanNs * pass.Calls;
        // Divide by at least the time of the calls. A call's time includes part of the two clock readings, so `lessRecording` may be
        // slightly too low.
        return withinCalls / Math.Max(withinCalls, lessRecording);
    }
}
