using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>What a launch says while it runs. Between <see cref="PassStarting"/> and <see cref="PassEnded"/> it says nothing: nobody draws while a pass is timed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Hosted), "hosted")]
[JsonDerivedType(typeof(WarmingUp), "warming-up")]
[JsonDerivedType(typeof(WarmedUp), "warmed-up")]
[JsonDerivedType(typeof(CaseStarting), "case-starting")]
[JsonDerivedType(typeof(PassStarting), "pass-starting")]
[JsonDerivedType(typeof(PassEnded), "pass-ended")]
[JsonDerivedType(typeof(CallersStarting), "callers-starting")]
[JsonDerivedType(typeof(CaseMeasured), "case-measured")]
[JsonDerivedType(typeof(CaseFailed), "case-failed")]
[JsonDerivedType(typeof(Finished), "finished")]
public abstract record LaunchEvent;

/// <summary>The workers are up and the clock is measured.</summary>
/// <param name="Clock">The clock's floor in the launch.</param>
/// <param name="Environment">What the launch runs on.</param>
public sealed record Hosted(ClockFloor Clock, EnvironmentReport Environment) : LaunchEvent;

/// <summary>A method's warm-up begins, or goes on.</summary>
public sealed record WarmingUp(string Method) : LaunchEvent;

/// <summary>A method's warm-up ended.</summary>
public sealed record WarmedUp(WarmUpReport WarmUp) : LaunchEvent;

/// <summary>A case begins.</summary>
public sealed record CaseStarting(string Case) : LaunchEvent;

/// <summary>The first call of a case's pass comes next.</summary>
public sealed record PassStarting(string Case) : LaunchEvent;

/// <summary>The last call of a case's pass has just been answered.</summary>
public sealed record PassEnded(string Case) : LaunchEvent;

/// <summary>A round of a case's calls by several callers at once begins, a lead-in or the one that counts.</summary>
public sealed record CallersStarting(string Case, int Callers) : LaunchEvent;

/// <summary>A case was measured.</summary>
public sealed record CaseMeasured(string Case, PassReport Pass) : LaunchEvent;

/// <summary>A case failed; the launch goes on.</summary>
public sealed record CaseFailed(string Case, string Error) : LaunchEvent;

/// <summary>All cases are done.</summary>
public sealed record Finished : LaunchEvent;

/// <summary>The launch's events as JSON, one a line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LaunchEvent))]
internal sealed partial class LaunchEventJson : JsonSerializerContext
{
    /// <summary>One event as one line.</summary>
    public static string Write(LaunchEvent launchEvent) => JsonSerializer.Serialize(launchEvent, Default.LaunchEvent);

    /// <summary>The event of a line.</summary>
    /// <exception cref="JsonException">The line is none.</exception>
    public static LaunchEvent Read(string line) =>
        JsonSerializer.Deserialize(line, Default.LaunchEvent) ?? throw new JsonException("The line is JSON null.");
}
