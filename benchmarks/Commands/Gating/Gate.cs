using System.Diagnostics;
using System.Globalization;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.Gating;

/// <summary>Measures a pair.</summary>
/// <param name="number">Its number.</param>
/// <param name="injection">What the control's calls of one case are slowed by.</param>
/// <param name="seed">What its coin flips are drawn from, with its number.</param>
/// <param name="interrupted">Ends it, and its processes.</param>
/// <exception cref="TurnFailedException">A process failed.</exception>
/// <exception cref="UnusableInputException">A build cannot measure what is asked.</exception>
internal delegate Task<Pair> MeasurePair(int number, Injection injection, int seed, CancellationToken interrupted);

/// <summary>
/// A gate run: a batch of pairs, a second one where there is something to confirm, and what they say of the change and
/// of the gate itself.
/// </summary>
/// <param name="measure">Measures a pair.</param>
/// <param name="cases">The short names of the cases.</param>
/// <param name="pairs">The pairs of a batch.</param>
/// <param name="seed">What coin flips and sign flips are drawn from.</param>
/// <param name="told">Told what goes on.</param>
internal sealed class Gate(MeasurePair measure, IReadOnlyList<string> cases, int pairs, int seed, Action<string> told)
{
    /// <summary>The pairs of a batch that are measured where nothing else is asked for: with both builds and a second batch it takes less than 5 minutes.</summary>
    public const int DefaultPairs = 14;

    /// <summary>The pairs of a batch that can be asked for.</summary>
    public static readonly Bounds<int> PairBounds = new(8, 200, "pairs");

    // A pair that fails may have been chance; what fails each time need not be measured to the end.
    private const int MaxFailures = 3;

    /// <summary>The base, by a name that the reader of the report knows.</summary>
    public required string Base { get; init; }

    /// <summary>The head, likewise.</summary>
    public required string Head { get; init; }

    /// <summary>What has to be known beside the answers.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    private readonly Injection _injection = GateCases.ControlOf(cases);
    private readonly List<string> _failures = [];
    private bool _onOneProcessor = true;

    /// <summary>Measures and decides.</summary>
    /// <exception cref="UnusableInputException">A build cannot measure what is asked.</exception>
    public async Task<Comparison> RunAsync(CancellationToken interrupted)
    {
        List<Pair> first = await BatchAsync(1, interrupted);
        GateResult result = Decide(first, []);
        List<Pair> second = [];
        if (result.HasToBeConfirmed && first.Count > 0 && _failures.Count < MaxFailures)
        {
            told("something was flagged, or the control was not: a second batch has to confirm it");
            second = await BatchAsync(pairs + 1, interrupted);
            result = Decide(first, second);
        }

        return Tell(result, first.Count, second.Count);
    }

    private GateResult Decide(List<Pair> first, List<Pair> second) => GateResult.Of(cases, _injection.Case, first, second, seed);

    private async Task<List<Pair>> BatchAsync(int from, CancellationToken interrupted)
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
                told($"pair {number} failed: {e.Message}");
                continue;
            }

            double left = Stopwatch.GetElapsedTime(began).TotalSeconds / (number - from + 1) * (from + pairs - 1 - number);
            told(string.Create(CultureInfo.InvariantCulture, $"pair {number - from + 1}/{pairs}, about {left:0} s left"));
        }

        return measured;
    }

    private Comparison Tell(GateResult result, int first, int second)
    {
        bool known = first > 0;
        string identical = result.IsIdenticalSilent ? "identical code silent" : $"IDENTICAL CODE FLAGGED: {Flags(result.Identical)}";
        string slowed = FormattableString.Invariant($"{(result.IsSlowedFound ? "" : "NOT FOUND: ")}+{_injection.Share * 100:0} %{(result.IsSlowedFound ? " found" : $" in {_injection.Case}")}");
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
                string.Create(CultureInfo.InvariantCulture, $"{first} pairs of processes that took turns{(second > 0 ? $", {second} more to confirm" : "")}, seed {seed}; change: mean over the pairs, with its 95 % interval"),
                "same: the interval is within " + string.Join(", ", Metric.All.Select(metric => $"{metric.WriteSize(metric.BandAsChange)} ({metric.Name})")),
                $"{environment.Cpu}, {environment.Cores} cores, {environment.Os}, {environment.Runtime}, garbage collector {environment.GarbageCollector}; "
                    + $"{string.Join(", ", PairRunner.RuntimeSettings.Select(setting => $"{setting.Setting}={setting.Value}"))}; "
                    + (_onOneProcessor ? "all on one processor" : "on all processors: this system keeps no process to one, and pairs vary the more"),
                "what it does not say: what tiered compilation and its profile change, and what only running in parallel shows",
            ],
            Controls = known ? $"controls: {identical}, {slowed}" : null,
            NotWorking = known && !(result.IsIdenticalSilent && result.IsSlowedFound) ? $"{identical}, {slowed}" : null,
        };
    }

    private static string Flags(IEnumerable<Answer> answers) =>
        string.Join(", ", answers.Where(answer => answer.IsFlag).Select(answer => $"{answer.Name} {answer.Metric.Name} {answer.Metric.WriteChange(answer.Change!.Value)}"));
}
