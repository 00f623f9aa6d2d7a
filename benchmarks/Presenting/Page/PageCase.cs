using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A case in the data of the page. All times are in ns.</summary>
internal sealed record PageCase
{
    public required string Method { get; init; }

    public required string Function { get; init; }

    public required string Payload { get; init; }

    public required int Bytes { get; init; }

    /// <summary>The state of the case, one of the texts in <see cref="PageState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The reason for the state, or null if there is no reason to show.</summary>
    public required string? Reason { get; init; }

    public required long Calls { get; init; }

    /// <summary>The shortest time that the clock can measure, in ns.</summary>
    public required double? FloorNs { get; init; }

    public required PageFigure P50 { get; init; }

    public required PageCurve? Curve { get; init; }

    /// <summary>The overheads; the key is the quantile's name. The method "direct" has null, because it is the baseline.</summary>
    public required IReadOnlyDictionary<string, PageFigure>? Overhead { get; init; }

    /// <summary>The limits on the overheads, in ns, or null if the case has no verdict. The key is the quantile's name.</summary>
    public required IReadOnlyDictionary<string, double>? LimitsNs { get; init; }

    public required IReadOnlyList<PagePass> Passes { get; init; }

    /// <summary>The name of the case's file with percentiles, or null if no launch measured the case.</summary>
    public required string? File { get; init; }

    /// <summary>Converts cases to the page's data.</summary>
    public static IReadOnlyList<PageCase> All(RunAnalysis analysis, IEnumerable<CaseSummary> cases)
    {
        IReadOnlyDictionary<CaseId, string> files = PercentileDistributions.Names(analysis.Report);
        return [.. cases.Select(one => Of(one, analysis.Verdict, files.GetValueOrDefault(one.Id)))];
    }

    private static PageCase Of(CaseSummary one, RunVerdict verdict, string? file)
    {
        CaseVerdict? judged = verdict.Of(one);
        return new PageCase
        {
            Method = one.Id.Method,
            Function = one.Id.Function,
            Payload = one.Id.Payload,
            Bytes = one.PayloadBytes,
            State = PageState.Of(one, verdict),
            Reason = judged is { Reason: { Length: > 0 } reason } ? reason : one.Notes is [var note, ..] ? note : null,
            Calls = one.Calls,
            FloorNs = one.FloorNs,
            P50 = PageFigure.Of(one.P50),
            Curve = PageCurve.Of(one),
            Overhead = one.Overhead is { } overhead ? ByQuantile(quantile => PageFigure.Of(overhead.Difference[quantile])) : null,
            LimitsNs = judged is null ? null : ByQuantile(quantile => verdict.Thresholds.LimitNs(one.Id, quantile)),
            Passes = [.. one.Passes.Select(pass => PagePass.Of(pass, one))],
            File = file,
        };
    }

    private static Dictionary<string, T> ByQuantile<T>(Func<Quantile, T> of) =>
        Quantile.Limited.ToDictionary(quantile => quantile.Name, of);
}

/// <summary>The pass of one launch over a case. A pass is the timed loop of the case's calls.</summary>
/// <param name="Launch">The launch's number.</param>
/// <param name="Calls">The number of timed calls in the pass.</param>
/// <param name="P50">The p50 of the timed calls, in ns.</param>
/// <param name="WallNs">The duration of the pass, in ns, or null if the duration is unknown.</param>
/// <param name="Collections">
/// The number of garbage collections during the pass, for each generation, or null if the numbers are unknown.
/// </param>
/// <param name="PausedNs">The time for which garbage collections paused the process, in ns, or null if the time is unknown.</param>
/// <param name="Compiled">The number of .NET methods that the JIT compiled during the pass, or null if the number is unknown.</param>
internal sealed record PagePass(
    int Launch, int Calls, double P50, double? WallNs, IReadOnlyList<int>? Collections, double? PausedNs, int? Compiled)
{
    public static PagePass Of(PassReport pass, CaseSummary one)
    {
        ProcessReport? process = pass.Process;
        return new PagePass(
            pass.Launch, pass.Calls, one.P50ByLaunch[pass.Launch], pass.WallNs,
            process?.Collections, process?.PausedNs, process?.CompiledMethods);
    }
}
