using System.Globalization;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Calling;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// Shows how far a run is: a line that is rewritten in a terminal, elsewhere a line now and then, on a build server a
/// line a launch. It draws only when a launch says something, and a launch says nothing while a pass is timed.
/// </summary>
/// <param name="display">Where it is shown.</param>
/// <param name="time">The time of day goes by it.</param>
/// <param name="launches">The launches of the run, those of an earlier part of it included.</param>
/// <param name="methods">The methods that each warms up.</param>
/// <param name="cases">The cases of each.</param>
internal sealed class Progress(Display display, TimeProvider time, int launches, int methods, int cases) : IDisposable
{
    // Before the first launch has shown it: what a case and a method's warm-up take.
    private const double AssumedCaseSeconds = 1.2;
    private const double AssumedMethodSeconds = 5.5;
    private static readonly TimeSpan s_plainInterval = TimeSpan.FromSeconds(10);

    private readonly bool _rewrites = display is { IsTerminal: true, IsBuildServer: false };
    private readonly long _began = time.GetTimestamp();
    private readonly List<double> _launchSeconds = [];
    private long _launchBegan = time.GetTimestamp();
    private long _casesBegan;
    private int _warmMethods;
    private long _shown;
    private string? _shownDoing;
    private (string Case, PassReport Pass, long Frequency)? _last;
    private int _width;

    /// <summary>How long launches usually take.</summary>
    /// <param name="cases">The cases of each launch.</param>
    /// <param name="run">Says with how many callers each case is measured too.</param>
    /// <param name="missing">The launches to measure.</param>
    public static TimeSpan ExpectedLength(IReadOnlyCollection<CaseId> cases, RunSettings run, int missing)
    {
        double callersSeconds = (CallersLimits.OfLaunch.LeadIn + CallersLimits.OfLaunch.Length).TotalSeconds;
        double caseSeconds = AssumedCaseSeconds + (run.Callers.Count * callersSeconds);
        int methods = cases.DistinctBy(id => id.Method).Count();
        return TimeSpan.FromSeconds(missing * ((cases.Count * caseSeconds) + (methods * AssumedMethodSeconds)));
    }

    /// <summary>Says how long the run will usually take, before it starts.</summary>
    /// <param name="missing">The launches to measure.</param>
    /// <param name="expected">How long they usually take.</param>
    public void Announce(int missing, TimeSpan expected)
    {
        double seconds = expected.TotalSeconds;
        string length = seconds < 90 ? $"{Math.Round(seconds / 10) * 10:0} s" : $"{Math.Round(seconds / 60):0} min";
        display.Writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{cases} case{(cases == 1 ? "" : "s")} of {methods} method{(methods == 1 ? "" : "s")}, {missing} launch{(missing == 1 ? "" : "es")}: about {length}, as such cases usually take"));
    }

    /// <summary>Shows what a launch has just said.</summary>
    public void Show(LaunchRecord launch, LaunchEvent said)
    {
        Note(launch, said);
        if (!IsWorthShowing(launch, said))
        {
            return;
        }

        _shownDoing = launch.Doing;
        _shown = time.GetTimestamp();
        Draw(new ProgressLine(
            string.Create(CultureInfo.InvariantCulture, $"launch {launch.Number}/{launches}, case {Math.Min(launch.CasesDone + 1, cases)}/{cases}"),
            launch.Doing, time.GetElapsedTime(_began), TimeSpan.FromSeconds(Left(launch)), Last()));
    }

    /// <summary>Tells how a launch ended: where lines stay, and where it did not simply finish.</summary>
    public void EndLaunch(LaunchReport launch)
    {
        _launchSeconds.Add(launch.Seconds);
        if (launch.Outcome == LaunchOutcome.Failed)
        {
            End();
            display.Writer.WriteLine($"launch {launch.Number} failed: {Printable.Of(launch.Error ?? "")}");
        }
        else if (display.IsBuildServer)
        {
            string left = ProgressLine.Clock(TimeSpan.FromSeconds((launches - launch.Number) * _launchSeconds.Average()));
            display.Writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"launch {launch.Number}/{launches} {launch.Outcome.ToString().ToLowerInvariant()}, {ProgressLine.Clock(time.GetElapsedTime(_began))} elapsed, about {left} left"));
        }
    }

    /// <summary>Leaves the line free.</summary>
    public void End()
    {
        if (_width > 0)
        {
            display.Writer.Write('\r' + new string(' ', Math.Min(_width, display.Width() - 1)) + '\r');
            _width = 0;
        }
    }

    public void Dispose() => End();

    private void Note(LaunchRecord launch, LaunchEvent said)
    {
        switch (said)
        {
            case Hosted:
                (_launchBegan, _warmMethods) = (time.GetTimestamp(), 0);
                break;
            case WarmedUp:
                _warmMethods++;
                break;
            case CaseStarting when launch.CasesDone == 0:
                (_casesBegan, _warmMethods) = (time.GetTimestamp(), methods);
                break;
            case CaseMeasured measured:
                _last = (measured.Case, measured.Pass, launch.Clock?.Frequency ?? CallerLaunch.TicksASecond);
                break;
            default:
                break;
        }
    }

    private bool IsWorthShowing(LaunchRecord launch, LaunchEvent said)
    {
        // Said at the end of a case only to be taken in: the next case's beginning follows at once, and is shown. What is said
        // once more of the same callers is the beginning of the round that counts.
        if (display.IsBuildServer || launch.IsPassing || said is Hosted or PassStarting or PassEnded or CaseMeasured or WarmedUp
            || (said is CallersStarting && launch.Doing == _shownDoing))
        {
            return false;
        }

        bool isNews = said is Finished || (said is WarmingUp && launch.Doing != _shownDoing);
        return _rewrites || isNews || time.GetElapsedTime(_shown) >= s_plainInterval;
    }

    // Decoded when it is shown, which is between two passes.
    private string? Last()
    {
        if (_last is not var (name, pass, frequency))
        {
            return null;
        }

        RecordedCalls calls = RecordedCalls.Decode(pass.Histogram);
        string p99 = pass.Calls >= Histograms.CallsNeeded(0.99) ? $", p99 {Quantile(0.99)}" : "";
        return $"{name} had p50 {Quantile(0.5)}{p99}";

        string Quantile(double quantile) => Format.Duration(calls.ValueAt(quantile) * 1e9 / frequency);
    }

    private double Left(LaunchRecord launch)
    {
        double spent = time.GetElapsedTime(_launchBegan).TotalSeconds;
        double caseSeconds = launch.CasesDone == 0 ? AssumedCaseSeconds : time.GetElapsedTime(_casesBegan).TotalSeconds / launch.CasesDone;
        double thisLaunch = ((methods - _warmMethods) * AssumedMethodSeconds) + ((cases - launch.CasesDone) * caseSeconds);
        double oneLaunch = _launchSeconds.Count > 0 ? _launchSeconds.Average() : spent + thisLaunch;
        return thisLaunch + ((launches - launch.Number) * oneLaunch);
    }

    private void Draw(ProgressLine line)
    {
        if (!_rewrites)
        {
            display.Writer.WriteLine(line);
            return;
        }

        // One column stays free: a full line would move the cursor to the next.
        int width = display.Width() - 1;
        string drawn = display.Render(line.Drawn(width, out int cells), width);
        display.Writer.Write('\r' + drawn + new string(' ', Math.Max(0, Math.Min(_width, width) - cells)));
        _width = cells;
    }
}
