using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>What a launch has said so far, in the process that measures as in the one that started it.</summary>
/// <param name="number">The launch's number, from 1.</param>
internal sealed class LaunchRecord(int number)
{
    private readonly List<WarmUpReport> _warmUps = [];
    private readonly Dictionary<CaseId, PassReport> _passes = [];
    private readonly Dictionary<CaseId, string> _failures = [];

    public int Number => number;

    public ClockFloor? Clock { get; private set; }

    public EnvironmentReport? Environment { get; private set; }

    public IReadOnlyDictionary<CaseId, PassReport> Passes => _passes;

    public IReadOnlyDictionary<CaseId, string> Failures => _failures;

    /// <summary>Whether a pass is being timed.</summary>
    public bool IsPassing { get; private set; }

    /// <summary>Whether it said that all its cases are done.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>What it is at, in words.</summary>
    public string Doing { get; private set; } = "starting";

    /// <summary>The cases that are done, failed ones included.</summary>
    public int CasesDone => _passes.Count + _failures.Keys.Count(id => !_passes.ContainsKey(id));

    /// <summary>Takes in what the launch says.</summary>
    public void Apply(LaunchEvent said)
    {
        switch (said)
        {
            case Hosted hosted:
                (Clock, Environment, Doing) = (hosted.Clock, hosted.Environment, "hosting the workers");
                break;
            case WarmingUp warmingUp:
                Doing = $"warming up {warmingUp.Method}";
                break;
            case WarmedUp warmedUp:
                _warmUps.Add(warmedUp.WarmUp);
                break;
            case CaseStarting starting:
                Doing = $"measuring {starting.Case}";
                break;
            case PassStarting:
                IsPassing = true;
                break;
            case PassEnded:
                IsPassing = false;
                break;
            case CallersStarting starting:
                Doing = FormattableString.Invariant($"measuring {starting.Case} with {starting.Callers} caller{(starting.Callers == 1 ? "" : "s")}");
                break;
            case CaseMeasured measured:
                _passes[CaseId.Parse(measured.Case)] = measured.Pass;
                break;
            case CaseFailed failed:
                // A case that fails after its pass is a failed case all the same: its pass is not counted.
                _passes.Remove(CaseId.Parse(failed.Case));
                _failures.TryAdd(CaseId.Parse(failed.Case), failed.Error);
                break;
            case Finished:
                (IsFinished, Doing) = (true, "finishing");
                break;
            default:
                throw new InvalidOperationException($"A launch says {said.GetType().Name}, which nobody takes in.");
        }
    }

    /// <summary>What a launch that is on disk had said.</summary>
    /// <param name="kept">The report of that launch alone.</param>
    public static LaunchRecord Of(RunReport kept)
    {
        LaunchReport launch = kept.Launches[0];
        var record = new LaunchRecord(launch.Number) { Clock = launch.Clock, Environment = kept.Environment, IsFinished = true };
        record._warmUps.AddRange(launch.WarmUps);
        foreach (CaseReport one in kept.Cases)
        {
            foreach (PassReport pass in one.Passes)
            {
                record._passes[one.Id] = pass;
            }

            foreach (CaseFailure failure in one.Failures)
            {
                record._failures[one.Id] = failure.Error;
            }
        }

        return record;
    }

    /// <summary>How it ended.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="error">Why it did not finish; null where it did.</param>
    /// <param name="seconds">How long the process ran.</param>
    /// <param name="noise">What else went on on the machine; null where nobody watched.</param>
    public LaunchReport Report(LaunchOutcome outcome, string? error, double seconds, NoiseReport? noise) =>
        new() { Number = number, Outcome = outcome, Error = error, Seconds = seconds, Clock = Clock, ResumedAt = null, WarmUps = _warmUps, Noise = noise };
}
