using System.Diagnostics;
using System.Globalization;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.Gating;

/// <summary>Measures one pair: two processes, one of each build, at the same time.</summary>
/// <param name="number">The number of the pair. Number and seed determine the pair's random order.</param>
/// <param name="injection">The artificial delay in the calls of one case, as a control.</param>
/// <param name="seed">The seed of the run.</param>
/// <param name="interrupted">A token that cancels the measurement and ends both processes.</param>
/// <exception cref="TurnFailedException">A process of the pair failed.</exception>
/// <exception cref="UnusableInputException">A build cannot measure one of the cases.</exception>
internal delegate Task<Pair> MeasurePair(int number, Injection injection, int seed, CancellationToken interrupted);

/// <summary>
/// A run of the gate. It measures a batch of pairs of processes. A second batch is measured to confirm the result if the first batch
/// reports a change, or does not find the control's known slow-down.
/// </summary>
/// <param name="measure">Measures one pair.</param>
/// <param name="cases">The short names of the cases.</param>
/// <param name="pairs">The number of pairs in a batch.</param>
/// <param name="seed">The seed of all random choices.</param>
/// <param name="reportProgress">Receives lines about the progress.</param>
internal sealed class Gate(
    MeasurePair measure, IReadOnlyList<string> cases, int pairs, int seed, Action<string> reportProgress)
{
    /// <summary>The default number of pairs in a batch. With this number, two batches and both builds need less than 5 minutes.</summary>
    public const int DefaultPairs = 14;

    /// <summary>The accepted numbers of pairs in a batch.</summary>
    public static readonly Bounds<int> PairBounds = new(8, 200, "pairs");

    // One failed pair can be chance, so the gate continues. After three failed pairs, the gate stops.
    private const int MaxFailures = 3;

    /// <summary>The name of the base build in the report.</summary>
    public required string Base { get; init; }

    /// <summary>The name of the head build in the report.</summary>
    public required string Head { get; init; }

    /// <summary>Warnings for the report, such as a list of files that are not part of the head build.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The kind of the payloads that both builds measure.</summary>
    public required PayloadKind PayloadKind { get; init; }

    private readonly Injection _injection = GateCases.ControlOf(cases);
    private readonly List<string> _failures = [];
    private bool _onOneProcessor = true;

    /// <summary>Measures the pairs and compares the head build with the base build.</summary>
    /// <exception cref="UnusableInputException">A build cannot measure one of the cases.</exception>
    public async Task<Comparison> RunAsync(CancellationToken interrupted)
    {
        List<Pair> first = await MeasureBatchAsync(1, interrupted);
        GateResult result = Decide(first, []);
        List<Pair> second = [];
        if (result.HasToBeConfirmed && first.Count > 0 && _failures.Count < MaxFailures)
        {
            reportProgress("something was flagged, or the control was not: a second batch has to confirm it");
            second = await MeasureBatchAsync(pairs + 1, interrupted);
            result = Decide(first, second);
        }

        return CompareBy(result, first.Count, second.Count);
    }

    private GateResult Decide(List<Pair> first, List<Pair> second) =>
        GateResult.Of(cases, _injection.Case, first, second, seed);

    private async Task<List<Pair>> MeasureBatchAsync(int from, CancellationToken interrupted)
    {
        var measured = new List<Pair>();
        long began = Stopwatch.GetTimestamp();
        for (int number = from; number < from + pairs && _failures.Count < MaxFailures; number++)
        {
            try
            {
                measured.Add(await measure(number, _injection, seed, interrupted));
                _onOneProcessor &= measured[^1].OnOneProcessor;
            }
            catch (TurnFailedException e)
            {
                _failures.Add($"pair {number}: {e.Message}");
                reportProgress($"pair {number} failed: {e.Message}");
                continue;
            }

            double left = Stopwatch.GetElapsedTime(began).TotalSeconds / (number - from + 1) * (from + pairs - 1 - number);
            reportProgress(string.Create(CultureInfo.InvariantCulture, $"pair {number - from + 1}/{pairs}, about {left:0} s left"));
        }

        return measured;
    }

    private Comparison CompareBy(GateResult result, int first, int second)
    {
        bool known = first > 0;
        string identical = result.IsIdenticalSilent ? "identical code silent" : $"IDENTICAL CODE FLAGGED: {Flags(result.Identical)}";
        string control = FormattableString.Invariant($"+{_injection.Share * 100:0} %");
        string slowed = result.IsSlowedFound ? $"{control} found" : $"NOT FOUND: {control} in {_injection.Case}";
        string confirming = second > 0 ? FormattableString.Invariant($", {second} more to confirm") : "";
        IEnumerable<string> bands = Metric.All.Select(metric => $"{metric.WriteSize(metric.BandAsChange)} ({metric.Name})");
        IEnumerable<string> settings = PairRunner.RuntimeSettings.Select(setting => $"{setting.Setting}={setting.Value}");
        EnvironmentReport environment = HostEnvironment.OfLaunches();
        return new Comparison
        {
            Title = "Gate",
            Base = Base,
            Current = Head,
            Answers = known ? result.Answers : [],
            Failures = _failures,
            Warnings = Warnings,
            Basis =
            [
                FormattableString.Invariant($"{first} pairs of processes that took turns{confirming}, seed {seed}; ")
                    + "change: mean over the pairs, with its 95 % interval",
                $"payloads: {PayloadKind.Describe()}",
                "same: the interval is within " + string.Join(", ", bands),
                $"{environment.Processor}, {environment.Cores} cores, {environment.Os}, {environment.Runtime}, "
                    + $"garbage collector {environment.GarbageCollector}; {string.Join(", ", settings)}; "
                    + (_onOneProcessor
                        ? "all on one processor"
                        : "on all processors: this system keeps no process to one, and pairs vary the more"),
                "what it does not say: what tiered compilation and its profile change, and what only running in parallel shows",
            ],
            Controls = known ? $"controls: {identical}, {slowed}" : null,
            NotWorking = known && !(result.IsIdenticalSilent && result.IsSlowedFound) ? $"{identical}, {slowed}" : null,
        };
    }

    private static string Flags(IEnumerable<Answer> answers) => string.Join(
        ", ",
        from answer in answers
        where answer.IsFlag
        select $"{answer.Name} {answer.Metric.Name} {answer.Metric.WriteChange(answer.Change!.Value)}");
}
