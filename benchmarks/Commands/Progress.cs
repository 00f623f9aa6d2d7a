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
/// Shows the progress of a run. A terminal gets one line that is overwritten, a build server gets one line for each launch, and any other
/// output gets one line every 10 s. Progress is drawn only on events of a launch. No event occurs during a timed pass, so drawing does
/// not disturb the calls.
/// </summary>
/// <param name="display">The output for the progress.</param>
/// <param name="time">The clock for elapsed and remaining time.</param>
/// <param name="launches">The number of launches in the run. A resumed run includes its earlier launches.</param>
/// <param name="methods">The number of methods that each launch warms up.</param>
/// <param name="cases">The number of cases in each launch.</param>
internal sealed class Progress(Display display, TimeProvider time, int launches, int methods, int cases) : IDisposable
{
    // Durations in seconds that are assumed before they are measured: of a case and, on the next line, of a method's warm-up.
    private const double AssumedCaseSeconds = 1.2;
    private const double AssumedMethodSeconds = 5.5;
    private const double MuchLonger = 1.5;
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

    /// <summary>Estimates the total duration of launches.</summary>
    /// <param name="launches">The cases of each launch that is still to be measured.</param>
    /// <param name="run">The settings of the run.</param>
    public static TimeSpan ExpectedLength(IEnumerable<IReadOnlyCollection<CaseId>> launches, RunSettings run)
    {
        double callersSeconds = (CallersLimits.OfLaunch.LeadIn + CallersLimits.OfLaunch.Length).TotalSeconds;
        double caseSeconds = AssumedCaseSeconds + (run.Callers.Count * callersSeconds);
        return TimeSpan.FromSeconds(launches.Sum(cases =>
            (cases.Count * caseSeconds) + (cases.DistinctBy(id => id.Method).Count() * AssumedMethodSeconds)));
    }

    /// <summary>Sets the cases of the launch that starts now.</summary>
    public void StartLaunch(IReadOnlyCollection<CaseId> ofLaunch) =>
        (methods, cases) = (ofLaunch.DistinctBy(id => id.Method).Count(), ofLaunch.Count);

    /// <summary>Writes the expected duration before the run starts.</summary>
    /// <param name="missing">The number of launches that are still to be measured.</param>
    /// <param name="expected">The expected duration of these launches.</param>
    /// <param name="mayEndEarly">Whether the run ends before these launches if its verdict is certain.</param>
    /// <param name="mayPassesEndEarly">Whether passes end before their limits if their percentiles are narrow.</param>
    public void Announce(int missing, TimeSpan expected, bool mayEndEarly, bool mayPassesEndEarly)
    {
        double seconds = expected.TotalSeconds;
        string length = seconds < 90 ? $"{Math.Round(seconds / 10) * 10:0} s" : $"{Math.Round(seconds / 60):0} min";
        display.Writer.WriteLine(
            $"{Count(cases, "case", "s")} of {Count(methods, "method", "s")}, {Count(missing, "launch", "es")}: "
            + $"{(mayPassesEndEarly ? "at most" : "about")} {length}, as such cases usually take"
            + (mayEndEarly ? "; less if the verdict is certain before"
                : mayPassesEndEarly ? "; less where fewer calls give narrow percentiles"
                : ""));

        static string Count(int count, string noun, string plural) =>
            string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? "" : plural)}");
    }

    /// <summary>
    /// Writes the expected duration again, if the run's calls are so slow that it takes much longer than such cases usually do.
    /// </summary>
    /// <param name="estimate">The duration that the first calls of the cases show.</param>
    /// <param name="usual">The duration that was written before.</param>
    public void Correct(TimeSpan estimate, TimeSpan usual)
    {
        if (estimate > MuchLonger * usual)
        {
            End();
            display.Writer.WriteLine($"Its calls are slow: about {RunTime.Words(estimate)} in all");
        }
    }

    /// <summary>Records an event of a launch, and draws the progress if the event is worth showing.</summary>
    public void Show(LaunchRecord launch, LaunchEvent launchEvent)
    {
        Update(launch, launchEvent);
        if (!ShouldDraw(launch, launchEvent))
        {
            return;
        }

        _shownDoing = launch.Doing;
        _shown = time.GetTimestamp();
        int current = Math.Min(launch.CasesDone + 1, cases);
        Draw(new ProgressLine(
            string.Create(CultureInfo.InvariantCulture, $"launch {launch.Number}/{launches}, case {current}/{cases}"),
            launch.Doing, time.GetElapsedTime(_began), TimeSpan.FromSeconds(SecondsLeft(launch)), LastFigures()));
    }

    /// <summary>Writes a line if a launch failed. On a build server, writes a line for every launch.</summary>
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
            string outcome = launch.Outcome.ToString().ToLowerInvariant();
            string elapsed = ProgressLine.Clock(time.GetElapsedTime(_began));
            display.Writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"launch {launch.Number}/{launches} {outcome}, {elapsed} elapsed, about {left} left"));
        }
    }

    /// <summary>Removes the progress line from a terminal.</summary>
    public void End()
    {
        if (_width > 0)
        {
            display.Writer.Write('\r' + new string(' ', Math.Min(_width, display.Width() - 1)) + '\r');
            _width = 0;
        }
    }

    public void Dispose() => End();

    private void Update(LaunchRecord launch, LaunchEvent launchEvent)
    {
        switch (launchEvent)
        {
            case Hosted:
                (_launchBegan, _warmMethods, _casesBegan) = (time.GetTimestamp(), 0, 0);
                break;
            case WarmedUp:
                _warmMethods++;
                break;
            // A case that failed in the warm-up is done before the first case starts.
            case CaseStarting when _casesBegan == 0:
                (_casesBegan, _warmMethods) = (time.GetTimestamp(), methods);
                break;
            case CaseMeasured measured:
                _last = (measured.Case, measured.Pass, launch.Clock?.Frequency ?? CallerLaunch.TicksASecond);
                break;
            default:
                break;
        }
    }

    private bool ShouldDraw(LaunchRecord launch, LaunchEvent launchEvent)
    {
        // The end of a case is not drawn, because the start of the next case follows at once. The second CallersStarting for the same
        // callers starts the timed round, in which drawing would disturb the calls.
        if (display.IsBuildServer || launch.IsPassing
            || launchEvent is Hosted or CasesProbed or Settling or PassStarting or PassEnded or CaseMeasured or WarmedUp
            || (launchEvent is CallersStarting && launch.Doing == _shownDoing))
        {
            return false;
        }

        bool isNews = launchEvent is LaunchFinished || (launchEvent is WarmingUp && launch.Doing != _shownDoing);
        return _rewrites || isNews || time.GetElapsedTime(_shown) >= s_plainInterval;
    }

    // Decodes the histogram here, when the line is drawn, because this never happens during a timed pass.
    private string? LastFigures()
    {
        if (_last is not var (name, pass, frequency))
        {
            return null;
        }

        RecordedCalls calls = RecordedCalls.Decode(pass.Histogram);
        string p99 = pass.Calls >= Histograms.MinCalls(0.99) ? $", p99 {Quantile(0.99)}" : "";
        return $"{name} had p50 {Quantile(0.5)}{p99}";

        string Quantile(double quantile) => Format.CallDuration(calls.ValueAt(quantile) * 1e9 / frequency);
    }

    private double SecondsLeft(LaunchRecord launch)
    {
        double spent = time.GetElapsedTime(_launchBegan).TotalSeconds;
        double caseSeconds = launch.CasesDone == 0 || _casesBegan == 0
            ? AssumedCaseSeconds
            : time.GetElapsedTime(_casesBegan).TotalSeconds / launch.CasesDone;
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

        // Leaves the last column empty, because a full line would move the cursor to the next line.
        int width = display.Width() - 1;
        string drawn = display.Render(line.Drawn(width, out int cells), width);
        display.Writer.Write('\r' + drawn + new string(' ', Math.Max(0, Math.Min(_width, width) - cells)));
        _width = cells;
    }
}
