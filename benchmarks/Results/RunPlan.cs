using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The settings, the machine and the build of a run. <c>--resume</c> adds launches to a run only if all these values are the same. The run
/// writes its plan to <c>run.json</c> before the first launch starts.
/// </summary>
public sealed record RunPlan
{
    // The names of the options for messages. The key is the JSON member that the option sets.
    private static readonly Dictionary<string, string> s_options = new()
    {
        ["profile"] = "--profile",
        ["launches"] = "--launches",
        ["calls"] = "--iterations",
        ["passLimitSeconds"] = "the time limit of a pass, in seconds,",
        ["callers"] = "--callers",
        ["seed"] = "--seed",
        ["thresholds"] = "--threshold",
        ["selectedMethods"] = "the selected methods",
        ["leastCalls"] = "the least number of calls of a pass",
        ["payloadKind"] = "--payload-kind",
        ["bindingsAssembly"] = "--bindings",
        ["functionsAssembly"] = "--functions",
        ["benchmarkDotNetArguments"] = "what goes to BenchmarkDotNet",
    };

    /// <summary>The run's options.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>The short names of the cases, in report order.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>The path of the assembly with the user's bindings. Null if there is no such assembly.</summary>
    public required string? BindingsAssembly { get; init; }

    /// <summary>The path of the assembly with the user's functions. Null, also in older plans, if there is no such assembly.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FunctionsAssembly { get; init; }

    /// <summary>
    /// The path of the payload file, so that the run can be resumed without <c>--payload-file</c>. Null if there is no payload file.
    /// </summary>
    public required string? PayloadPath { get; init; }

    /// <summary>The machine, the runtime and the runtime's settings.</summary>
    public required EnvironmentReport Environment { get; init; }

    /// <summary>
    /// A fingerprint of the program, from <see cref="BuildOf"/>. The commit is not enough, because it lacks uncommitted changes.
    /// </summary>
    public required string Build { get; init; }

    /// <summary>
    /// Computes a fingerprint of the program's assemblies and of the user's. A path is null if the user gave no such assembly.
    /// </summary>
    public static string BuildOf(params IEnumerable<string?> usersAssemblies)
    {
        // Use the ids of the modules: the compiler derives a module's id from its source, so the same source gives the same id.
        IEnumerable<Guid> modules = Directory.GetFiles(AppContext.BaseDirectory, "WorkerRpc.*.dll")
            .Concat(usersAssemblies.OfType<string>())
            .Select(path => Path.GetFullPath(path)).Distinct().Order(StringComparer.Ordinal)
            .Select(ModuleId);
        return Convert.ToHexStringLower(SHA256.HashData([.. modules.SelectMany(id => id.ToByteArray())]))[..16];
    }

    /// <summary>
    /// Lists the differences from an earlier plan, as text. The list is empty if one report may contain the launches of both plans.
    /// </summary>
    public IEnumerable<string> DifferencesFrom(RunPlan earlier)
    {
        if (Run.PayloadFile != earlier.Run.PayloadFile)
        {
            string was = earlier.Run.PayloadFile?.ToString() ?? "none";
            yield return $"{PayloadFileReport.Option} was {was}, is {Run.PayloadFile?.ToString() ?? "none"}";
        }

        foreach (JsonDifference difference in JsonDifference.Between(Json(earlier), Json(this)))
        {
            yield return $"{s_options.GetValueOrDefault(difference.Name, difference.Name)} was {difference.Was}, is {difference.Is}";
        }
    }

    // Leaves out the start time and the path of the payload file, which may differ. DifferencesFrom compares the content of the payload
    // file.
    private static JsonElement Json(RunPlan plan) => JsonSerializer.SerializeToElement(
        plan with { PayloadPath = null, Run = plan.Run with { StartedAt = default, PayloadFile = null } },
        RunPlanJson.Default.RunPlan);

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
