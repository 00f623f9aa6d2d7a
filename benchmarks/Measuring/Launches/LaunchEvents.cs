using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>
/// An event that a launch sends while it runs. The launch sends no event between <see cref="PassStarting"/> and
/// <see cref="PassEnded"/>, so that the parent process does not draw progress while calls are timed.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Hosted), "hosted")]
[JsonDerivedType(typeof(CasesProbed), "cases-probed")]
[JsonDerivedType(typeof(WarmingUp), "warming-up")]
[JsonDerivedType(typeof(WarmedUp), "warmed-up")]
[JsonDerivedType(typeof(AnchorMeasured), "anchor-measured")]
[JsonDerivedType(typeof(CaseStarting), "case-starting")]
[JsonDerivedType(typeof(Settling), "settling")]
[JsonDerivedType(typeof(PassStarting), "pass-starting")]
[JsonDerivedType(typeof(PassEnded), "pass-ended")]
[JsonDerivedType(typeof(CallersStarting), "callers-starting")]
[JsonDerivedType(typeof(CaseMeasured), "case-measured")]
[JsonDerivedType(typeof(CaseFailed), "case-failed")]
[JsonDerivedType(typeof(LaunchFinished), "finished")]
public abstract record LaunchEvent;

/// <summary>The workers are running and the clock is measured.</summary>
/// <param name="Clock">The smallest duration that the launch's clock can measure.</param>
/// <param name="Environment">The machine and runtime of the launch.</param>
public sealed record Hosted(ClockFloor Clock, EnvironmentReport Environment) : LaunchEvent;

/// <summary>Each case was called once before the warm-up, so that the parent process can estimate how long the run takes.</summary>
/// <param name="Cases">The cases whose call returned.</param>
public sealed record CasesProbed(IReadOnlyList<ProbedCase> Cases) : LaunchEvent;

/// <summary>A call of a case before the warm-up.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Ns">The duration of the call, in ns.</param>
public sealed record ProbedCase(string Case, double Ns);

/// <summary>A method's warm-up started or made progress.</summary>
public sealed record WarmingUp(string Method) : LaunchEvent;

/// <summary>A method's warm-up ended.</summary>
public sealed record WarmedUp(WarmUpReport WarmUp) : LaunchEvent;

/// <summary>The anchor was measured once.</summary>
public sealed record AnchorMeasured(string Case, AnchorPoint Point) : LaunchEvent;

/// <summary>The measurement of a case starts.</summary>
public sealed record CaseStarting(string Case) : LaunchEvent;

/// <summary>BenchmarkDotNet's iterations of a case have ended. The launch calls the case until the compiler is quiet.</summary>
public sealed record Settling(string Case) : LaunchEvent;

/// <summary>A case's pass is about to make its first call.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="ExpectedSeconds">How long a pass of slow calls will take. Null if the pass ends at its time limit.</param>
public sealed record PassStarting(
    string Case, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? ExpectedSeconds = null) : LaunchEvent;

/// <summary>The last call of a case's pass has completed.</summary>
public sealed record PassEnded(string Case) : LaunchEvent;

/// <summary>
/// Several concurrent callers start to call a case, either for a warm-up whose calls do not count or for the measurement.
/// </summary>
public sealed record CallersStarting(string Case, int Callers) : LaunchEvent;

/// <summary>A case was measured.</summary>
public sealed record CaseMeasured(string Case, PassReport Pass) : LaunchEvent;

/// <summary>A case failed. The launch continues with the other cases.</summary>
public sealed record CaseFailed(string Case, string Error) : LaunchEvent;

/// <summary>All cases of the launch were measured or have failed.</summary>
public sealed record LaunchFinished : LaunchEvent;

/// <summary>Writes and reads launch events as lines of JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LaunchEvent))]
internal sealed partial class LaunchEventJson : JsonSerializerContext
{
    public static string Write(LaunchEvent launchEvent) => JsonSerializer.Serialize(launchEvent, Default.LaunchEvent);

    /// <exception cref="JsonException">The line is not a valid launch event.</exception>
    public static LaunchEvent Read(string line) =>
        JsonSerializer.Deserialize(line, Default.LaunchEvent) ?? throw new JsonException("The line is JSON null.");
}
