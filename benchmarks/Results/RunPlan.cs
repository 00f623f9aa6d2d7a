using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// What a run measures, and with what: all that has to be the same for launches of two processes to stand in one
/// report. It is on disk, as <c>run.json</c>, before the first launch starts.
/// </summary>
public sealed record RunPlan
{
    // Where a member is not called as the option that gives it.
    private static readonly Dictionary<string, string> s_options = new()
    {
        ["profile"] = "--profile",
        ["launches"] = "--launches",
        ["calls"] = "--iterations",
        ["passLimitSeconds"] = "the time limit of a pass, in seconds,",
        ["callers"] = "--callers",
        ["seed"] = "--seed",
        ["thresholds"] = "--threshold",
        ["bindingsAssembly"] = "--bindings",
        ["benchmarkDotNetArguments"] = "what goes to BenchmarkDotNet",
    };

    /// <summary>How the run was asked for.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>The short names of the cases, in report order.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>An assembly with more bindings; null for none.</summary>
    public required string? BindingsAssembly { get; init; }

    /// <summary>Where the payload file lies, for a resumption that is not told; null for none.</summary>
    public required string? PayloadPath { get; init; }

    /// <summary>What it runs on.</summary>
    public required EnvironmentReport Environment { get; init; }

    /// <summary>What the measuring code was built from: with uncommitted changes the commit does not tell.</summary>
    public required string Build { get; init; }

    /// <summary>A fingerprint of the program's assemblies, and of that with more bindings.</summary>
    public static string BuildOf(string? bindingsAssembly)
    {
        // A compiler gives each module an id that it makes from all its source.
        IEnumerable<Guid> modules = Directory.GetFiles(AppContext.BaseDirectory, "WorkerRpc.*.dll")
            .Concat(bindingsAssembly is null ? [] : [bindingsAssembly])
            .Select(path => Path.GetFullPath(path)).Distinct().Order(StringComparer.Ordinal)
            .Select(ModuleId);
        return Convert.ToHexStringLower(SHA256.HashData([.. modules.SelectMany(id => id.ToByteArray())]))[..16];
    }

    /// <summary>Where this plan differs from another, by name; empty where launches of both may stand in one report.</summary>
    public IEnumerable<string> DifferencesFrom(RunPlan earlier)
    {
        if (Run.PayloadFile != earlier.Run.PayloadFile)
        {
            yield return $"{PayloadFileReport.Option} was {earlier.Run.PayloadFile?.ToString() ?? "none"}, is {Run.PayloadFile?.ToString() ?? "none"}";
        }

        foreach (JsonDifference difference in JsonDifference.Between(Json(earlier), Json(this)))
        {
            yield return $"{s_options.GetValueOrDefault(difference.Name, difference.Name)} was {difference.Was}, is {difference.Is}";
        }
    }

    private static JsonElement Json(RunPlan plan) =>
        // When it started is no difference, nor where the payload file lies; what it holds is told by its name.
        JsonSerializer.SerializeToElement(plan with { PayloadPath = null, Run = plan.Run with { StartedAt = default, PayloadFile = null } }, RunPlanJson.Default.RunPlan);

    private static Guid ModuleId(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var portable = new PEReader(file);
        MetadataReader metadata = portable.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }
}

/// <summary>Reads and writes <see cref="RunPlan"/> as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunPlan))]
internal sealed partial class RunPlanJson : JsonSerializerContext;
