using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// What the gate and a measuring process say to each other: one request and one reply at a time, each a line of JSON.
/// The two ends may come from different commits, so whoever changes what a line means counts the version up.
/// </summary>
internal static class TurnProtocol
{
    public const int Version = 2;
}

/// <summary>What the gate asks of a measuring process.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(Enter), "enter")]
[JsonDerivedType(typeof(Slow), "slow")]
[JsonDerivedType(typeof(Turn), "turn")]
[JsonDerivedType(typeof(Crowd), "crowd")]
[JsonDerivedType(typeof(Tell), "tell")]
public abstract record TurnRequest;

/// <summary>Host both workers, and connect and prove these cases.</summary>
/// <param name="Version">The protocol that the gate speaks.</param>
/// <param name="Cases">Short names.</param>
/// <param name="Processor">The processor that the process keeps to from then on, where the system lets it; null for all that it may use.</param>
/// <param name="BindingsAssembly">An assembly with more bindings; null for none.</param>
public sealed record Enter(int Version, IReadOnlyList<string> Cases, int? Processor = null, string? BindingsAssembly = null) : TurnRequest;

/// <summary>From now on, calls of a case are slower: the gate's own control, and the study's injections.</summary>
/// <param name="Case">Its short name.</param>
/// <param name="Ns">How long a slowed call spins ahead, in ns.</param>
/// <param name="Every">One call in so many is slowed; 1 for each.</param>
public sealed record Slow(string Case, double Ns, int Every) : TurnRequest;

/// <summary>Make calls of a case for a while, each timed.</summary>
/// <param name="Case">Its short name.</param>
/// <param name="Ms">After this no call begins, in ms.</param>
/// <param name="Keep">Whether the calls count; a warm-up's do not.</param>
public sealed record Turn(string Case, double Ms, bool Keep) : TurnRequest;

/// <summary>Make calls of a case by many callers at once, each call after call.</summary>
/// <param name="Case">Its short name.</param>
/// <param name="Callers">How many.</param>
/// <param name="Ms">After this no call begins, in ms.</param>
public sealed record Crowd(string Case, int Callers, double Ms) : TurnRequest;

/// <summary>Tell what the kept turns measured.</summary>
public sealed record Tell : TurnRequest;

/// <summary>What a measuring process answers.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "said")]
[JsonDerivedType(typeof(Entered), "entered")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(Crowded), "crowded")]
[JsonDerivedType(typeof(Told), "told")]
[JsonDerivedType(typeof(Refused), "refused")]
public abstract record TurnReply;

/// <summary>All cases are connected.</summary>
/// <param name="Runtime">The version of the runtime that it runs on.</param>
/// <param name="OnOneProcessor">Whether it keeps to the one that it was given.</param>
public sealed record Entered(string Runtime, bool OnOneProcessor) : TurnReply;

/// <summary>It is done.</summary>
/// <param name="P50Ns">Of a turn: the median of its calls, in ns; null for anything else.</param>
public sealed record Done(double? P50Ns) : TurnReply;

/// <summary>What the kept turns measured.</summary>
/// <param name="Cases">One a case that had a kept turn.</param>
/// <param name="PeakMemoryBytes">The most memory that the process had, in bytes; null where it is not known.</param>
public sealed record Told(IReadOnlyList<TurnSum> Cases, double? PeakMemoryBytes = null) : TurnReply;

/// <summary>What many callers came to.</summary>
/// <param name="CallsPerSecond">Of all together.</param>
/// <param name="LongestNs">The longest call, in ns.</param>
public sealed record Crowded(double CallsPerSecond, double LongestNs) : TurnReply;

/// <summary>It cannot be done.</summary>
/// <param name="Error">Why.</param>
/// <param name="Unusable">Whether it can never be done: another protocol, an unknown case; otherwise something failed.</param>
public sealed record Refused(string Error, bool Unusable) : TurnReply;

/// <summary>All kept turns of a case in one process.</summary>
/// <param name="Case">Its short name.</param>
/// <param name="Histogram">How long its calls took, in ticks of the process's clock; HdrHistogram, V2 compressed, base64.</param>
/// <param name="MeanNs">Their mean, in ns.</param>
/// <param name="AllocatedBytes">Allocated a call, in bytes.</param>
public sealed record TurnSum(string Case, string Histogram, double MeanNs, double AllocatedBytes);

/// <summary>Requests and replies as lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TurnRequest))]
[JsonSerializable(typeof(TurnReply))]
internal sealed partial class TurnJson : JsonSerializerContext
{
    public static string Write(TurnRequest request) => JsonSerializer.Serialize(request, Default.TurnRequest);

    public static string Write(TurnReply reply) => JsonSerializer.Serialize(reply, Default.TurnReply);

    /// <exception cref="JsonException">The line is no request.</exception>
    public static TurnRequest ReadRequest(string line) =>
        JsonSerializer.Deserialize(line, Default.TurnRequest) ?? throw new JsonException("The line is JSON null.");

    /// <exception cref="JsonException">The line is no reply.</exception>
    public static TurnReply ReadReply(string line) =>
        JsonSerializer.Deserialize(line, Default.TurnReply) ?? throw new JsonException("The line is JSON null.");
}
