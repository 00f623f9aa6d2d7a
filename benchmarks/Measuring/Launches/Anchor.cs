using System.Diagnostics;
using HdrHistogram;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>
/// The anchor of a launch: one case that is measured before the first case, after every eighth case and after the last case. The launch
/// has warmed it up, because it is one of the launch's own cases.
/// </summary>
internal static class Anchor
{
    // 8 cases take about 10 s. A point takes about 0.1 s, so the anchor takes about 1 % of a launch.
    private const int CasesBetweenPoints = 8;

    // The same payload in every run, so that the anchors of two runs can be compared.
    private const string Payload = "1KB";

    private const int MaxCalls = 10_000;
    private static readonly TimeSpan s_length = TimeSpan.FromMilliseconds(100);

    // The first calls after another case find cold caches, and the thread pool in another state.
    private static readonly PassLimits s_leadIn = new(WarmUp.BatchCalls, TimeSpan.FromMilliseconds(10));

    /// <summary>
    /// Chooses the anchor: a case of "service-binding" if the launch has one, because it uses the processor, the memory and the thread pool
    /// but no socket. Otherwise it is a case of another delegating method, or of "direct". All launches of a run choose the same case.
    /// </summary>
    public static CaseId Choose(IEnumerable<CaseId> cases, BindingCatalog catalog) => cases
        .OrderBy(id => catalog.Find(id.Method).Tags.Contains(BindingTags.Verdict) ? 0
            : id.IsReference ? 3
            : id.Method == BaselineMethod.Id ? 2
            : 1)
        .ThenBy(id => id.Function == Matrix.Echo ? 0 : 1)
        .ThenBy(id => id.Payload == Payload ? 0 : 1)
        .ThenBy(id => id.ToString(), StringComparer.Ordinal)
        .First();

    /// <summary>Whether the anchor is measured before the next case of a launch.</summary>
    public static bool IsDue(int casesBefore) => casesBefore % CasesBetweenPoints == 0;

    /// <summary>Measures the anchor once.</summary>
    /// <param name="setup">The anchor's case.</param>
    /// <param name="recorder">The recorder of the calls. Earlier calls are deleted.</param>
    /// <param name="casesBefore">The number of cases that the launch has measured before.</param>
    public static async Task<AnchorPoint> MeasureAsync(CaseSetup setup, CallRecorder recorder, int casesBefore)
    {
        await LatencyPass.RunAsync(setup, recorder, s_leadIn);
        await LatencyPass.RunAsync(setup, recorder, new PassLimits(Math.Min(MaxCalls, recorder.Capacity), s_length));
        LongHistogram calls = Histograms.Create(Stopwatch.Frequency);
        foreach (long ticks in recorder.ElapsedTicks)
        {
            calls.RecordValue(Math.Min(ticks, Histograms.CeilingTicks(Stopwatch.Frequency)));
        }

        return new AnchorPoint(casesBefore, recorder.Count, ClockTicks.ToNs(RecordedCalls.Of(calls).Interpolated(0.5)));
    }
}
