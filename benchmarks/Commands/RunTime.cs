using System.CommandLine;
using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// The option <c>--time</c>. A pass of slow calls takes as long as the quantiles of the verdict need. So a run that would take more than
/// two hours needs the user's consent.
/// </summary>
internal sealed class RunTime
{
    private const string Name = "--time";

    // The calls that BenchmarkDotNet makes for a case, and those of the warm-up.
    private const int CallsBesidePass = 14 + WarmUpJudge.MinCalls;

    private static readonly TimeSpan s_mostWithoutConsent = TimeSpan.FromHours(2);
    private static readonly (string Unit, double Minutes)[] s_units = [("h", 60), ("min", 1), ("m", 1)];

    public Option<string?> Option { get; } = new(Name)
    {
        Description = "How long the run may take, like 17h or 90min. Needed for a run that is estimated above "
            + FormattableString.Invariant($"{s_mostWithoutConsent.TotalHours:0} h, because its calls are slow"),
        HelpName = "TIME",
    };

    /// <summary>Returns the time that the user allows.</summary>
    /// <exception cref="UnusableInputException">The value is no time above 0.</exception>
    public TimeSpan Value(ParseResult parsed)
    {
        if (parsed.GetValue(Option) is not { } text)
        {
            return s_mostWithoutConsent;
        }

        string number = text.TrimEnd([.. "hmin"]);
        double minutes = s_units.FirstOrDefault(unit => unit.Unit == text[number.Length..]).Minutes;
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * minutes is > 0 and <= 60 * 24 * 365
            ? TimeSpan.FromMinutes(value * minutes)
            : throw new UnusableInputException($"{Name} '{text}': expected a time above 0, at most a year, like 17h or 90min.");
    }

    /// <summary>Estimates how long launches take whose cases were probed.</summary>
    /// <param name="launches">The cases of each launch that is still to be measured.</param>
    /// <param name="run">The settings of the run.</param>
    /// <param name="probed">The duration of one call of each case.</param>
    public static TimeSpan Estimate(IReadOnlyList<IReadOnlyCollection<CaseId>> launches, RunSettings run, CasesProbed probed)
    {
        var seconds = probed.Cases.ToDictionary(one => CaseId.Parse(one.Case), one => CaseSeconds(one.Ns / 1e9, run));
        return Progress.ExpectedLength(launches, run)
            + TimeSpan.FromSeconds(launches.Sum(cases => cases.Sum(id => seconds.GetValueOrDefault(id))));
    }

    /// <summary>Checks an estimate against the time that the user allows.</summary>
    /// <exception cref="UnusableInputException">The run would take longer.</exception>
    public static void Require(TimeSpan allowed, TimeSpan estimate, RunSettings run, CasesProbed probed)
    {
        if (estimate <= allowed || probed.Cases.Count == 0)
        {
            return;
        }

        ProbedCase slowest = probed.Cases.MaxBy(one => one.Ns)!;
        Quantile quantile = new ThresholdSet(run.Thresholds).Quantiles.Last(one =>
            one == Quantile.P50 || Histograms.MinCalls(one.Share) <= run.Calls);
        string least = quantile == Quantile.P50
            ? ""
            : FormattableString.Invariant($", or ask for p50 alone: --iterations {Histograms.MinCalls(Quantile.P50.Share)}");
        throw new UnusableInputException(
            $"The run would take about {Words(estimate)} for {quantile.Label} in "
            + FormattableString.Invariant($"{run.Launches} launch{(run.Launches == 1 ? "" : "es")}; ")
            + $"its slowest case, {slowest.Case}, takes {Format.Duration(slowest.Ns)} a call. Allowed: {Words(allowed)}. "
            + FormattableString.Invariant($"{Name} {Math.Ceiling(estimate.TotalHours)}h measures it{least}."));
    }

    /// <summary>Writes a time in minutes or hours.</summary>
    public static string Words(TimeSpan time) => time.TotalMinutes < 100
        ? FormattableString.Invariant($"{Math.Max(1, time.TotalMinutes):0} min")
        : FormattableString.Invariant($"{time.TotalHours:0.#} h");

    // The usual length of a case covers calls that end within the time limit of a pass.
    private static double CaseSeconds(double callSeconds, RunSettings run)
    {
        double pass = Math.Min(run.LeastCalls ?? 0, run.Calls) * callSeconds;
        double beside = CallsBesidePass * callSeconds;
        return Math.Max(0, pass - run.PassLimitSeconds) + (beside > 1 ? beside : 0);
    }
}
