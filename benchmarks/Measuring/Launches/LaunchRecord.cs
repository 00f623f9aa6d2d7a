using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>Collects the events of a launch. The measuring process and its parent process each have one.</summary>
/// <param name="number">The launch's number. The first launch has number 1.</param>
internal sealed class LaunchRecord(int number)
{
    private readonly List<WarmUpReport> _warmUps = [];
    private readonly List<AnchorMeasured> _anchor = [];
    private readonly Dictionary<CaseId, PassReport> _passes = [];
    private readonly Dictionary<CaseId, string> _failures = [];

    public int Number => number;

    public ClockFloor? Clock { get; private set; }

    public EnvironmentReport? Environment { get; private set; }

    public IReadOnlyDictionary<CaseId, PassReport> Passes => _passes;

    public IReadOnlyDictionary<CaseId, string> Failures => _failures;

    /// <summary>Whether the launch is timing the calls of a pass now.</summary>
    public bool IsPassing { get; private set; }

    /// <summary>Whether the launch reported that all its cases were measured or have failed.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>The launch's current step as text for messages, for example "warming up direct".</summary>
    public string Doing { get; private set; } = "starting";

    /// <summary>The number of measured and failed cases.</summary>
    public int CasesDone => _passes.Count + _failures.Keys.Count(id => !_passes.ContainsKey(id));

    public void Apply(LaunchEvent launchEvent)
    {
        switch (launchEvent)
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
            case AnchorMeasured anchor:
                _anchor.Add(anchor);
                break;
            case CaseStarting starting:
                Doing = $"measuring {starting.Case}";
                break;
            case CasesProbed or Settling:
                break;
            case PassStarting:
                IsPassing = true;
                break;
            case PassEnded:
                IsPassing = false;
                break;
            case CallersStarting starting:
                string plural = starting.Callers == 1 ? "" : "s";
                Doing = FormattableString.Invariant($"measuring {starting.Case} with {starting.Callers} caller{plural}");
                break;
            case CaseMeasured measured:
                _passes[CaseId.Parse(measured.Case)] = measured.Pass;
                break;
            case CaseFailed failed:
                // A case can fail although its pass was measured, for one call of many. Its figures are those of the other calls.
                _failures.TryAdd(CaseId.Parse(failed.Case), failed.Error);
                break;
            case LaunchFinished:
                (IsFinished, Doing) = (true, "finishing");
                break;
            default:
                throw new InvalidOperationException($"A launch says {launchEvent.GetType().Name}, which nobody takes in.");
        }
    }

    /// <summary>Restores the record of a finished launch from its report on disk.</summary>
    /// <param name="report">A report that contains only the finished launch.</param>
    public static LaunchRecord Of(RunReport report)
    {
        LaunchReport launch = report.Launches[0];
        var record = new LaunchRecord(launch.Number) { Clock = launch.Clock, Environment = report.Environment, IsFinished = true };
        record._warmUps.AddRange(launch.WarmUps);
        foreach (CaseReport one in report.Cases)
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

    /// <summary>Creates the report of the launch.</summary>
    /// <param name="outcome">Whether the launch finished, failed or was interrupted.</param>
    /// <param name="error">The reason why the launch did not finish; null if it finished.</param>
    /// <param name="seconds">The process's run time, in seconds.</param>
    /// <param name="noise">The load of other processes on the machine. Null if the load was not measured.</param>
    public LaunchReport Report(LaunchOutcome outcome, string? error, double seconds, NoiseReport? noise) => new()
    {
        Number = number,
        Outcome = outcome,
        Error = error,
        Seconds = seconds,
        Clock = Clock,
        ResumedAt = null,
        WarmUps = _warmUps,
        Noise = noise,
        Anchor = _anchor.Count == 0
            ? null
            : new AnchorReport { Case = _anchor[0].Case, Points = [.. _anchor.Select(anchor => anchor.Point)] },
    };
}
