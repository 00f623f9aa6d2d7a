using System.Diagnostics;
using System.Globalization;
using WorkerRpc.Benchmarks.Measurement;

namespace WorkerRpc.Benchmarks.App;

/// <summary>
/// Shows how far a run is: a line that is rewritten in a terminal, elsewhere a line now and then. It draws only when
/// a launch says something, and a launch says nothing while a pass is timed.
/// </summary>
internal sealed class Progress(TextWriter error, int launches, int cases)
{
    // Before the first launch has shown it: what a case and a method's warm-up take.
    private const double AssumedCaseSeconds = 1.2;
    private const double AssumedMethodSeconds = 5.5;
    private static readonly TimeSpan s_plainInterval = TimeSpan.FromSeconds(10);

    private readonly bool _rewrites = !Console.IsErrorRedirected;
    private readonly List<double> _launchSeconds = [];
    private long _launchBegan = Stopwatch.GetTimestamp();
    private long _casesBegan;
    private long _shown;
    private string? _shownDoing;
    private int _width;

    /// <summary>Tells how long the run is likely to take, before it starts.</summary>
    /// <param name="methods">The methods that each launch warms up.</param>
    /// <param name="missing">The launches that are still to be measured.</param>
    /// <param name="callers">The numbers of callers that each case is measured with besides.</param>
    public void Announce(int methods, int missing, int callers)
    {
        double callersSeconds = (CallersLimits.OfLaunch.LeadIn + CallersLimits.OfLaunch.Length).TotalSeconds;
        double seconds = missing * ((cases * (AssumedCaseSeconds + (callers * callersSeconds))) + (methods * AssumedMethodSeconds));
        string time = seconds < 90 ? $"{Math.Round(seconds / 10) * 10:0} s" : $"{Math.Round(seconds / 60):0} min";
        error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{cases} case{(cases == 1 ? "" : "s")} of {methods} method{(methods == 1 ? "" : "s")}, {missing} launch{(missing == 1 ? "" : "es")}: about {time}, as such cases usually take"));
    }

    /// <summary>Shows what a launch has just said.</summary>
    public void Show(LaunchRecord launch, LaunchEvent said)
    {
        if (said is Hosted)
        {
            _launchBegan = Stopwatch.GetTimestamp();
        }
        else if (said is CaseStarting && launch.CasesDone == 0)
        {
            _casesBegan = Stopwatch.GetTimestamp();
        }

        // Said at the end of a case only to be taken in: the next case's beginning follows at once, and is shown.
        bool isNews = said is Finished || (said is WarmingUp && launch.Doing != _shownDoing);
        if (said is Hosted or PassStarting or PassEnded or CaseMeasured or WarmedUp || (!_rewrites && !isNews && Stopwatch.GetElapsedTime(_shown) < s_plainInterval))
        {
            return;
        }

        _shownDoing = launch.Doing;
        _shown = Stopwatch.GetTimestamp();
        Draw(string.Create(CultureInfo.InvariantCulture,
            $"launch {launch.Number}/{launches}, case {Math.Min(launch.CasesDone + 1, cases)}/{cases}, {launch.Doing}, about {Left(launch):0} s left"));
    }

    /// <summary>Tells how a launch ended, where it did not simply finish.</summary>
    public void EndLaunch(LaunchReport launch)
    {
        _launchSeconds.Add(launch.Seconds);
        if (launch.Outcome == LaunchOutcome.Failed)
        {
            End();
            error.WriteLine($"launch {launch.Number} failed: {launch.Error}");
        }
    }

    /// <summary>Leaves the line free.</summary>
    public void End()
    {
        if (_width > 0)
        {
            error.Write('\r' + new string(' ', _width) + '\r');
            _width = 0;
        }
    }

    private double Left(LaunchRecord launch)
    {
        double spent = Stopwatch.GetElapsedTime(_launchBegan).TotalSeconds;
        double caseSeconds = launch.CasesDone == 0 ? AssumedCaseSeconds : Stopwatch.GetElapsedTime(_casesBegan).TotalSeconds / launch.CasesDone;
        double thisLaunch = (cases - launch.CasesDone) * caseSeconds;
        double oneLaunch = _launchSeconds.Count > 0 ? _launchSeconds.Average() : spent + thisLaunch;
        return thisLaunch + ((launches - launch.Number) * oneLaunch);
    }

    private void Draw(string line)
    {
        if (!_rewrites)
        {
            error.WriteLine(line);
            return;
        }

        error.Write('\r' + line.PadRight(_width));
        _width = line.Length;
    }
}
