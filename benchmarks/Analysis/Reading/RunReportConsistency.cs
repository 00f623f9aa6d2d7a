using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Reading;

/// <summary>What has to hold in a report beyond its form.</summary>
internal static class RunReportConsistency
{
    // No figure of a run, in ns or bytes, is beyond it; sums and products of such figures stay finite.
    private const double MaxFigure = 1e18;

    /// <summary>Reads a report file, and checks its form and its content.</summary>
    /// <exception cref="UnusableInputException">It is missing or damaged, has another schema, or contradicts itself.</exception>
    public static RunReport Read(string path)
    {
        RunReport report = RunReportJson.Read(path);
        report.RequireConsistent(path);
        return report;
    }

    /// <exception cref="UnusableInputException">The report contradicts itself.</exception>
    public static void RequireConsistent(this RunReport report, string path)
    {
        if (report.Cases.GroupBy(one => one.Id).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UnusableInputException($"{path} has {twice.Key} more than once.");
        }

        try
        {
            _ = new Thresholds(report.Run.Thresholds);
        }
        catch (UnusableInputException e)
        {
            throw new UnusableInputException($"{path}: {e.Message}", e);
        }

        if (!CallerCounts.AreUsable(report.Run.Callers))
        {
            throw new UnusableInputException(FormattableString.Invariant(
                $"{path} has numbers of callers that cannot be: {string.Join(", ", report.Run.Callers)}. Accepted: up to {CallerCounts.MaxCounts}, ascending, each {CallerCounts.Bounds.Min} to {CallerCounts.Bounds.Max}."));
        }

        PayloadFileReport? file = report.Run.PayloadFile;
        if (file is { IsPossible: false })
        {
            throw new UnusableInputException(FormattableString.Invariant(
                $"{path} has a payload file that cannot be: '{file.Name}', {file.Bytes} bytes, sha256 '{file.Sha256}', as a payload {file.PayloadBytes}. Accepted: a name, 1 byte or more, 64 lowercase hexadecimal digits, {PayloadSize.Bounds.Min} to {PayloadSize.Bounds.Max} {PayloadSize.Bounds.What}."));
        }

        if (report.Launches.GroupBy(launch => launch.Number).FirstOrDefault(group => group.Count() > 1) is { } again)
        {
            throw new UnusableInputException($"{path} has launch {again.Key} more than once.");
        }

        foreach (LaunchReport launch in report.Launches)
        {
            if (!Enum.IsDefined(launch.Outcome))
            {
                throw new UnusableInputException($"{path}: launch {launch.Number} has no outcome that is known.");
            }

            if (launch.Clock is { } clock && (clock.Frequency <= 0 || !new[] { clock.StepNs, clock.ReadNs ?? 0, clock.RecorderNs ?? 0 }.All(IsFigure)))
            {
                throw new UnusableInputException($"{path}: launch {launch.Number} has a clock that cannot be.");
            }

            if (launch.Noise is { } noise && !NoiseFigures(noise).All(IsFigure))
            {
                throw new UnusableInputException($"{path}: launch {launch.Number} has noise with a figure that is negative or beyond all measure.");
            }
        }

        foreach (CaseReport one in report.Cases)
        {
            if (one.Payload == PayloadFileReport.Label && one.PayloadBytes != file?.PayloadBytes)
            {
                throw new UnusableInputException($"{path} has {one.Id} with another payload than the run's payload file, which is {file?.ToString() ?? "none"}.");
            }

            if (one.Passes.GroupBy(pass => pass.Launch).FirstOrDefault(group => group.Count() > 1) is { } passes)
            {
                throw new UnusableInputException($"{path} has {one.Id} in launch {passes.Key} more than once.");
            }

            foreach (PassReport pass in one.Passes)
            {
                Require(report.Launches.Any(launch => launch.Number == pass.Launch && launch.Clock is not null), "names no launch with a clock");
                Require(pass.Calls > 0, "has no calls");
                Require(pass.Process is null or { Collections.Count: 3 }, "has collections of other than generations 0, 1 and 2");
                Require(
                    new[] { pass.MeanNs, pass.MinNs, pass.MaxNs, pass.WallNs ?? 0, pass.ParentNs ?? 0, pass.MovedBytes ?? 0, pass.Stalls?.Calls ?? 0, pass.Stalls?.TotalNs ?? 0, pass.FirstThirdP50Ns, pass.LastThirdP50Ns }
                        .Concat(pass.Process is { } process ? [process.AllocatedBytes, process.CpuNs, process.PausedNs] : []).All(IsFigure),
                    "has a figure that is negative or beyond all measure");
                Require(
                    pass.Callers.Count == 0 || pass.Callers.Select(callers => callers.Callers).SequenceEqual(report.Run.Callers),
                    "has other callers than the run asked for");
                foreach (CallersReport callers in pass.Callers)
                {
                    Require(callers is { Calls: > 0, WallNs: > 0 }, "has callers without a call");
                    Require(
                        new[] { callers.WallNs, callers.MaxNs, callers.CpuNs, callers.AllocatedBytes, callers.CallsPerSecond }.All(IsFigure),
                        "has callers with a figure that is negative or beyond all measure");
                    RequireHistogram(callers.Histogram, callers.Calls);
                }

                RequireHistogram(pass.Histogram, pass.Calls);
                if (pass.DelegationHistogram is { } delegation)
                {
                    RequireHistogram(delegation, pass.Calls);
                }

                void Require(bool holds, string what)
                {
                    if (!holds)
                    {
                        throw new UnusableInputException($"{path}: {one.Id} in launch {pass.Launch} {what}.");
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
                        throw new UnusableInputException($"{path}: {one.Id} in launch {pass.Launch} has {e.Message}", e);
                    }
                }
            }
        }
    }

    private static IEnumerable<double> NoiseFigures(NoiseReport noise) =>
        new[] { noise.LoadBefore, noise.OthersBeforeCores, noise.OthersCores, noise.StealCores, noise.ThrottledMs, noise.LongestStallMs, noise.Stalls, noise.ParentCores }
            .OfType<double>();

    private static bool IsFigure(double value) => value is >= 0 and <= MaxFigure;
}
