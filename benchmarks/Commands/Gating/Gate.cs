using System.Diagnostics;
using System.Globalization;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.Gating;

/// <summary>Measures one pair: processes of both builds, at the same time.</summary>
/// <param name="plan">The cases, the control and the number of rounds.</param>
/// <param name="seed">The seed of the run.</param>
/// <param name="interrupted">A token that cancels the measurement and ends the processes.</param>
/// <exception cref="TurnFailedException">A process of the pair failed.</exception>
/// <exception cref="UnusableInputException">A build cannot measure one of the cases.</exception>
internal delegate Task<Pair> MeasurePair(PairPlan plan, int seed, CancellationToken interrupted);

/// <summary>
/// A run of the gate. A first batch of pairs screens all cases, with short measurements. A second batch measures the cases that look
/// changed, with longer ones. It also repeats the control if the control did not work.
/// </summary>
/// <param name="measure">Measures one pair.</param>
/// <param name="cases">The short names of the cases.</param>
/// <param name="pairs">The number of pairs in the first batch.</param>
/// <param name="seed">The seed of all random choices.</param>
/// <param name="reportProgress">Receives lines about the progress.</param>
internal sealed class Gate(
    MeasurePair measure, IReadOnlyList<string> cases, int pairs, int seed, Action<string> reportProgress)
{
    /// <summary>The default number of pairs in the first batch.</summary>
    public const int DefaultPairs = 10;

    /// <summary>The accepted numbers of pairs in the first batch.</summary>
    public static readonly Bounds<int> PairBounds = new(8, 200, "pairs");

    /// <summary>The number of turns of a case and process in a pair of the first batch.</summary>
    public const int ScreeningRounds = 6;

    // One failed pair can be chance, so the gate continues. After three failed pairs, the gate stops.
    private const int MaxFailures = 3;

    // The second batch has at least this number of pairs. If only some processes of a case look slower, and one is extreme in the second
    // batch too, it goes on to more, because only the processes with an extreme figure count then.
    private const int ConfirmingPairs = 14;
    private const int ConfirmingPairsOfSome = 36;

    // The number of rounds in a pair of the second batch: as many as fit into this number of turns, within the bounds.
    private const int ConfirmingTurns = 240;
    private const int MinConfirmingRounds = ScreeningRounds;
    private const int MaxConfirmingRounds = 24;

    /// <summary>The name of the base build in the report.</summary>
    public required string Base { get; init; }

    /// <summary>The name of the head build in the report.</summary>
    public required string Head { get; init; }

    /// <summary>The name of the older release in the report. Null if there is none.</summary>
    public string? Release { get; init; }

    /// <summary>Warnings for the report, such as a list of files that are not part of the head build.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The kind of the payloads that the builds measure.</summary>
    public required PayloadKind PayloadKind { get; init; }

    private readonly Injection _injection = GateCases.InjectionOf(cases);
    private readonly List<string> _failures = [];
    private bool _onOneProcessor = true;

    /// <summary>Chooses the numbers of pairs for a first batch of a given number of pairs.</summary>
    public static GatePairs PairsOf(int first) =>
        new(first, Math.Max(ConfirmingPairs, first), Math.Max(ConfirmingPairsOfSome, first));

    /// <summary>Measures the pairs and compares the head build with the base build.</summary>
    /// <exception cref="UnusableInputException">A build cannot measure one of the cases.</exception>
    public async Task<GateComparison> RunAsync(CancellationToken interrupted)
    {
        List<Pair> first = await MeasureBatchAsync(1, pairs, cases, withControl: true, ScreeningRounds, interrupted);
        GateResult result = Decide(first, []);
        List<Pair> second = [];
        string confirming = "";
        if (first.Count > 0 && _failures.Count < MaxFailures && (result.Suspects.Count > 0 || !result.IsControlWorking))
        {
            IReadOnlyList<string> again = CasesToConfirm(result);
            int rounds = Math.Clamp(ConfirmingTurns / again.Count, MinConfirmingRounds, MaxConfirmingRounds);
            GatePairs counts = PairsOf(pairs);
            reportProgress(result.IsControlWorking
                ? $"{again.Count} cases look changed: a second batch has to confirm it"
                : $"the control did not work: a second batch repeats it{(result.Suspects.Count > 0 ? ", with what looks changed" : "")}");
            bool withControl = !result.IsControlWorking;
            second = await MeasureBatchAsync(pairs + 1, counts.Confirming, again, withControl, rounds, interrupted);
            result = Decide(first, second);
            if (result.NeedsMorePairs && _failures.Count < MaxFailures)
            {
                reportProgress("some processes may be slower than the others: more pairs have to show it");
                int next = pairs + counts.Confirming + 1;
                int more = counts.ConfirmingSome - counts.Confirming;
                second.AddRange(await MeasureBatchAsync(next, more, again, withControl, rounds, interrupted));
                result = Decide(first, second);
            }

            confirming = FormattableString.Invariant($", {second.Count} more of {again.Count} cases to confirm what looked changed");
        }

        return CompareBy(result, first.Count, confirming);
    }

    // If all cases together look slower, the second batch measures all of them.
    private IReadOnlyList<string> CasesToConfirm(GateResult result)
    {
        string?[] changed = [.. result.Suspects.Select(suspect => suspect.Case)];
        string?[] control = result.IsControlWorking
            ? []
            : [_injection.Case, .. result.Identical.Where(answer => answer.IsFlag).Select(answer => answer.Case)];
        string?[] names = [.. changed, .. control];
        return names.Contains(null) ? cases : [.. cases.Where(names.Contains)];
    }

    private GateResult Decide(List<Pair> first, List<Pair> second) =>
        GateResult.Of(cases, _injection.Case!, first, second, seed);

    private async Task<List<Pair>> MeasureBatchAsync(
        int from,
        int count,
        IReadOnlyList<string> batchCases,
        bool withControl,
        int rounds,
        CancellationToken interrupted)
    {
        var measured = new List<Pair>();
        long began = Stopwatch.GetTimestamp();
        for (int number = from; number < from + count && _failures.Count < MaxFailures; number++)
        {
            try
            {
                var plan = new PairPlan(number, batchCases, withControl ? _injection : null, rounds);
                measured.Add(await measure(plan, seed, interrupted));
                _onOneProcessor &= measured[^1].OnOneProcessor;
            }
            catch (TurnFailedException e)
            {
                _failures.Add($"pair {number}: {e.Message}");
                reportProgress($"pair {number} failed: {e.Message}");
                continue;
            }

            double left = Stopwatch.GetElapsedTime(began).TotalSeconds / (number - from + 1) * (from + count - 1 - number);
            reportProgress(string.Create(CultureInfo.InvariantCulture, $"pair {number - from + 1}/{count}, about {left:0} s left"));
        }

        return measured;
    }

    private GateComparison CompareBy(GateResult result, int first, string confirming)
    {
        bool known = first > 0;
        string identical = result.IsIdenticalSilent ? "identical code silent" : $"IDENTICAL CODE FLAGGED: {Flags(result.Identical)}";
        string control = FormattableString.Invariant($"+{_injection.Share * 100:0} %");
        string slowed = result.IsSlowedFound ? $"{control} found" : $"NOT FOUND: {control} in {_injection.Case}";
        var ofBase = new Comparison
        {
            Title = "Gate",
            Base = Base,
            Current = Head,
            Answers = known ? result.Answers : [],
            Failures = _failures,
            Warnings = Warnings,
            Basis = BasisOf(first, confirming),
            Controls = known ? $"controls: {identical}, {slowed}" : null,
            NotWorking = known && !result.IsControlWorking ? $"{identical}, {slowed}" : null,
        };
        return new GateComparison(
            ofBase, Release is null ? null : ofBase with { Base = Release, Answers = known ? result.AgainstRelease : [] });
    }

    private string[] BasisOf(int first, string confirming)
    {
        IEnumerable<string> bands = Metric.All.Select(metric => $"{metric.WriteSize(metric.BandAsChange)} ({metric.Name})");
        IEnumerable<string> settings = PairRunner.RuntimeSettings.Select(setting => $"{setting.Setting}={setting.Value}");
        EnvironmentReport environment = HostEnvironment.OfLaunches();
        return
        [
            FormattableString.Invariant($"{first} pairs of processes that took turns over {cases.Count} cases{confirming}, seed {seed}; ")
                + $"payloads: {PayloadKind.Describe()}",
            "change: mean over the pairs, with its 95 % interval; of flagged rows without extreme pairs",
            "same: the interval is within " + string.Join(", ", bands),
            .. GateCases.NotLookedAt(cases) is { } left ? [left] : Array.Empty<string>(),
            $"{environment.Processor}, {environment.Cores} cores, {environment.Os}, {environment.Runtime}, "
                + $"garbage collector {environment.GarbageCollector}; {string.Join(", ", settings)}; "
                + (_onOneProcessor
                    ? "all on one processor"
                    : "on all processors: this system keeps no process to one, and pairs vary the more"),
            "what it does not say: what tiered compilation and its profile change, and what only running in parallel shows",
        ];
    }

    private static string Flags(IEnumerable<Answer> answers) => string.Join(
        ", ",
        from answer in answers
        where answer.IsFlag
        select $"{answer.Name} {answer.Metric.Name} {answer.Metric.WriteChange(answer.Change!.Value)}");
}

/// <summary>The answers of a gate run.</summary>
/// <param name="OfBase">The head compared with the base.</param>
/// <param name="OfRelease">The head compared with an older release. Null if none was measured.</param>
internal sealed record GateComparison(Comparison OfBase, Comparison? OfRelease);
