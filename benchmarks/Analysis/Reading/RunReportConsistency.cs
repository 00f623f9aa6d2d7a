using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Reading;

/// <summary>Checks that the parts of a report agree with each other, and that its figures are plausible.</summary>
internal static class RunReportConsistency
{
    // The greatest plausible figure, in ns or bytes. It is low enough that sums and products of figures do not overflow.
    private const double MaxFigure = 1e18;

    private const string BadFigure = "a figure that is negative or beyond all measure";

    /// <summary>Reads a report file, and checks its schema and its content.</summary>
    /// <exception cref="UnusableInputException">
    /// The file is missing or damaged, has another schema version, or contradicts itself.
    /// </exception>
    public static RunReport Read(string path)
    {
        RunReport report = RunReportJson.Read(path);
        report.RequireConsistent(path);
        return report;
    }

    /// <summary>Checks a report that was read from <paramref name="path"/>.</summary>
    /// <exception cref="UnusableInputException">The report contradicts itself.</exception>
    public static void RequireConsistent(this RunReport report, string path)
    {
        if (report.Cases.Count == 0 || report.Methods.Count == 0)
        {
            throw new UnusableInputException($"{path} is damaged: it has no {(report.Cases.Count == 0 ? "case" : "method")}.");
        }

        RequireUnique(report.Cases.Select(one => one.Id), id => $"{path} has {id} more than once.");
        RequireSettings(report.Run, path);
        RequireUnique(report.Launches.Select(launch => launch.Number), number => $"{path} has launch {number} more than once.");
        if (report.EndedEarly == true && (report.Launches.Count == 0 || report.Launches.Count >= report.Run.Launches))
        {
            throw new UnusableInputException(FormattableString.Invariant(
                $"{path} says that the run ended early, with {report.Launches.Count} of {report.Run.Launches} launches."));
        }

        foreach (LaunchReport launch in report.Launches)
        {
            RequireLaunch(launch, path);
        }

        foreach (CaseReport one in report.Cases)
        {
            RequireCase(one, report, path);
        }
    }

    private static void RequireSettings(RunSettings run, string path)
    {
        try
        {
            _ = new ThresholdSet(run.Thresholds);
        }
        catch (UnusableInputException e)
        {
            throw new UnusableInputException($"{path}: {e.Message}", e);
        }

        if (!CallerCounts.AreUsable(run.Callers))
        {
            throw new UnusableInputException(
                $"{path} has numbers of callers that cannot be: {string.Join(", ", run.Callers)}. "
                + FormattableString.Invariant($"Accepted: up to {CallerCounts.MaxCounts}, ascending, ")
                + FormattableString.Invariant($"each {CallerCounts.Bounds.Min} to {CallerCounts.Bounds.Max}."));
        }

        // The serializer accepts any number for an enum.
        if (!Enum.IsDefined(run.PayloadKind))
        {
            throw new UnusableInputException(
                FormattableString.Invariant($"{path} has the payload kind {(int)run.PayloadKind}. ")
                + $"Accepted: {string.Join(", ", PayloadKinds.All.Select(kind => kind.Name()))}.");
        }

        if (run.PayloadFile is { IsPossible: false } file)
        {
            Bounds<int> accepted = PayloadSize.Bounds;
            throw new UnusableInputException(
                FormattableString.Invariant($"{path} has a payload file that cannot be: '{file.Name}', {file.Bytes} bytes, ")
                + FormattableString.Invariant($"sha256 '{file.Sha256}', as a payload {file.PayloadBytes}. ")
                + "Accepted: a name, 1 byte or more, 64 lowercase hexadecimal digits, "
                + FormattableString.Invariant($"{accepted.Min} to {accepted.Max} {accepted.What}."));
        }
    }

    private static void RequireLaunch(LaunchReport launch, string path)
    {
        Require(Enum.IsDefined(launch.Outcome), "no outcome that is known");
        Require(launch.Clock is not { } clock || IsPlausible(clock), "a clock that cannot be");
        Require(
            launch.Anchor is not { } anchor
                || (anchor.Points.Count > 0 && anchor.Points.All(point => point.P50Ns > 0 && IsFigure(point.P50Ns))),
            "an anchor without a figure");
        Require(launch.Noise is not { } noise || FiguresOf(noise).All(IsFigure), $"noise with {BadFigure}");

        void Require(bool holds, string what)
        {
            if (!holds)
            {
                throw new UnusableInputException($"{path}: launch {launch.Number} has {what}.");
            }
        }
    }

    private static void RequireCase(CaseReport one, RunReport report, string path)
    {
        PayloadFileReport? file = report.Run.PayloadFile;
        if (PayloadFileReport.IsLabel(one.Payload) && one.PayloadBytes != file?.PayloadBytesOf(one.Payload))
        {
            throw new UnusableInputException($"{path} has {one.Id} with another payload than the run's payload file, "
                + $"which is {file?.ToString() ?? "none"}.");
        }

        RequireUnique(one.Passes.Select(pass => pass.Launch), launch => $"{path} has {one.Id} in launch {launch} more than once.");
        foreach (PassReport pass in one.Passes)
        {
            RequirePass(pass, report, $"{path}: {one.Id} in launch {pass.Launch}");
        }
    }

    private static void RequirePass(PassReport pass, RunReport report, string subject)
    {
        Require(
            report.Launches.Any(launch => launch.Number == pass.Launch && launch.Clock is not null),
            "names no launch with a clock");
        Require(pass.Calls > 0, "has no calls");
        Require(pass.Process is null or { Collections.Count: 3 }, "has collections of other than generations 0, 1 and 2");
        Require(FiguresOf(pass).All(IsFigure), $"has {BadFigure}");
        Require(
            pass.Callers.Count == 0 || pass.Callers.Select(callers => callers.Callers).SequenceEqual(report.Run.Callers),
            "has other callers than the run asked for");
        foreach (CallersReport callers in pass.Callers)
        {
            Require(callers is { Calls: > 0, WallNs: > 0 }, "has callers without a call");
            Require(FiguresOf(callers).All(IsFigure), $"has callers with {BadFigure}");
            RequireHistogram(callers.Histogram, callers.Calls);
        }

        RequireHistogram(pass.Histogram, pass.Calls);
        if (pass.DelegationHistogram is { } delegation)
        {
            RequireHistogram(delegation, pass.Calls);
        }

        void Require(bool holds, string predicate)
        {
            if (!holds)
            {
                throw new UnusableInputException($"{subject} {predicate}.");
            }
        }

        void RequireHistogram(string encoded, int calls)
        {
            try
            {
                Require(RecordedCalls.Decode(encoded).Count == calls, $"has a histogram of other than its {calls} calls");
            }
            catch (FormatException e)
            {
                throw new UnusableInputException($"{subject} has {e.Message}", e);
            }
        }
    }

    private static void RequireUnique<T>(IEnumerable<T> values, Func<T, string> error)
    {
        if (values.GroupBy(value => value).FirstOrDefault(group => group.Count() > 1) is { } repeated)
        {
            throw new UnusableInputException(error(repeated.Key));
        }
    }

    private static bool IsPlausible(ClockFloor clock) =>
        clock.Frequency > 0 && new[] { clock.StepNs, clock.ReadNs ?? 0, clock.RecorderNs ?? 0 }.All(IsFigure);

    private static IEnumerable<double> FiguresOf(NoiseReport noise) => new double?[]
    {
        noise.LoadBefore,
        noise.OthersBeforeCores,
        noise.OthersCores,
        noise.StealCores,
        noise.ThrottledMs,
        noise.LongestStallMs,
        noise.Stalls,
        noise.ParentCores,
    }.OfType<double>();

    private static IEnumerable<double> FiguresOf(PassReport pass) => new double?[]
    {
        pass.MeanNs,
        pass.MinNs,
        pass.MaxNs,
        pass.WallNs,
        pass.ParentNs,
        pass.CheckingNs,
        pass.FailedCalls,
        pass.MovedBytes,
        pass.Stalls?.Calls,
        pass.Stalls?.TotalNs,
        pass.FirstThirdP50Ns,
        pass.LastThirdP50Ns,
        pass.Process?.AllocatedBytes,
        pass.Process?.CpuNs,
        pass.Process?.PausedNs,
    }.OfType<double>();

    private static double[] FiguresOf(CallersReport callers) =>
        [callers.WallNs, callers.MaxNs, callers.CpuNs, callers.AllocatedBytes, callers.CallsPerSecond];

    private static bool IsFigure(double value) => value is >= 0 and <= MaxFigure;
}
