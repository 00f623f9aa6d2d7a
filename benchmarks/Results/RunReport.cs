using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Direct;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// Everything that a run measured, as it stands in <c>report.json</c>. All tables are made from it alone; its JSON
/// Schema is <c>report.schema.json</c> beside this file.
/// </summary>
public sealed record RunReport
{
    /// <summary>The file that a run's report is written to.</summary>
    public const string FileName = "report.json";

    /// <summary>The version of this form. A reader refuses another one.</summary>
    public const int CurrentSchemaVersion = 4;

    /// <summary>The version of the form that the report was written in.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>How the run was asked for.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>Whether the run was interrupted before all launches were done.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>What the launches ran on; null where none came so far, or where the caller is another process.</summary>
    public required EnvironmentReport? Environment { get; init; }

    /// <summary>The methods, in report order.</summary>
    public required IReadOnlyList<MethodReport> Methods { get; init; }

    /// <summary>The launches, in the order in which they ran.</summary>
    public required IReadOnlyList<LaunchReport> Launches { get; init; }

    /// <summary>The cases, in report order.</summary>
    public required IReadOnlyList<CaseReport> Cases { get; init; }

    /// <summary>The ids of the methods of a category.</summary>
    internal HashSet<string> Tagged(string tag) => [.. Methods.Where(method => method.Tags.Contains(tag)).Select(method => method.Id)];

    /// <summary>The cases of the methods that delegate: not of direct, of references, or of remedies.</summary>
    [JsonIgnore]
    internal IEnumerable<CaseId> Delegating
    {
        get
        {
            HashSet<string> others = [DirectBinding.BaselineId, .. Tagged(BindingTags.Remedy)];
            return Cases.Select(one => one.Id).Where(id => !id.IsReference && !others.Contains(id.Method));
        }
    }
}

/// <summary>A method, as its binding describes it.</summary>
public sealed record MethodReport
{
    /// <summary>The method's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its categories.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Its settings, in one line.</summary>
    public required string Settings { get; init; }

    /// <summary>What the brief expects of it; null where it says nothing.</summary>
    public required ExpectedLatency? Expected { get; init; }

    /// <summary>The reference row whose time is the method's floor; null for none.</summary>
    public required string? Floor { get; init; }

    /// <summary>The reference row whose time is the method's serializer's; null for none.</summary>
    public required string? Serializer { get; init; }

    /// <summary>Describes a binding.</summary>
    public static MethodReport Of(IBinding binding) =>
        new() { Id = binding.Id, Tags = binding.Tags, Settings = binding.Settings, Expected = binding.Expected, Floor = binding.References?.Transport, Serializer = binding.References?.Serializer };
}

/// <summary>A case over all launches.</summary>
public sealed record CaseReport
{
    /// <summary>The method's id.</summary>
    public required string Method { get; init; }

    /// <summary>The function's id.</summary>
    public required string Function { get; init; }

    /// <summary>The payload's label.</summary>
    public required string Payload { get; init; }

    /// <summary>The payload's size, in bytes of JSON.</summary>
    public required int PayloadBytes { get; init; }

    /// <summary>What each launch measured.</summary>
    public required IReadOnlyList<PassReport> Passes { get; init; }

    /// <summary>The launches in which the case failed, and why.</summary>
    public required IReadOnlyList<CaseFailure> Failures { get; init; }

    /// <summary>Which case it is.</summary>
    [JsonIgnore]
    public CaseId Id => new(Method, Function, Payload);
}

/// <summary>A case's failure in one launch.</summary>
/// <param name="Launch">The launch's number.</param>
/// <param name="Error">Why.</param>
public sealed record CaseFailure(int Launch, string Error);

/// <summary>Reads and writes <see cref="RunReport"/> as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunReport))]
internal sealed partial class RunReportJson : JsonSerializerContext
{
    /// <summary>Reads a report file.</summary>
    /// <exception cref="UnusableInputException">It is not there, damaged, or of another schema.</exception>
    public static Results.RunReport Read(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            using var document = JsonDocument.Parse(file);
            if (!document.RootElement.TryGetProperty("schemaVersion", out JsonElement version) || !version.TryGetInt32(out int number))
            {
                throw new UnusableInputException($"{path} is no report: it has no schemaVersion.");
            }

            if (number != Results.RunReport.CurrentSchemaVersion)
            {
                throw new UnusableInputException($"{path} has schema version {number}. Accepted: {Results.RunReport.CurrentSchemaVersion}.");
            }

            RequireValues(document.RootElement, path);
            Results.RunReport report = document.Deserialize(Default.RunReport)!;
            report.RequireConsistent(path);
            return report;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new UnusableInputException($"{path} is no report, or a damaged one: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UnusableInputException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    // What the serializer lets through: a null within a list, and a number too great for a double.
    private static void RequireValues(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    RequireValues(member.Value, path);
                }

                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    if (item.ValueKind == JsonValueKind.Null)
                    {
                        throw new UnusableInputException($"{path} is no report, or a damaged one: a list has null in it.");
                    }

                    RequireValues(item, path);
                }

                break;
            case JsonValueKind.Number when !element.TryGetDouble(out double number) || !double.IsFinite(number):
                throw new UnusableInputException($"{path} is no report, or a damaged one: {element.GetRawText()} is beyond every figure.");
            default:
                break;
        }
    }
}

/// <summary>What has to hold in a report beyond its form.</summary>
internal static class RunReportConsistency
{
    // No figure of a run, in ns or bytes, is beyond it; sums and products of such figures stay finite.
    private const double MaxFigure = 1e18;

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
            if (one.Payload == PayloadFile.Label && one.PayloadBytes != file?.PayloadBytes)
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
