using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// The protocol between the gate and a measuring process: one request and one reply at a time, each a line of JSON.
/// The two processes may be builds of different commits. A change of the meaning of a line needs a new version.
/// </summary>
internal static class TurnProtocol
{
    public const int Version = 2;
}

/// <summary>A request from the gate to a measuring process.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(ConnectCases), "enter")]
[JsonDerivedType(typeof(SlowCase), "slow")]
[JsonDerivedType(typeof(Turn), "turn")]
[JsonDerivedType(typeof(RunCallers), "crowd")]
[JsonDerivedType(typeof(GetResults), "tell")]
public abstract record TurnRequest;

/// <summary>Starts both workers, connects the cases, and checks one answer of each.</summary>
/// <param name="Version">The gate's version of the protocol.</param>
/// <param name="Cases">The short names of the cases.</param>
/// <param name="Processor">The only processor that the process may use, if the system allows that; null for any processor.</param>
/// <param name="BindingsAssembly">An assembly with more bindings; null for none.</param>
public sealed record ConnectCases(
    int Version, IReadOnlyList<string> Cases, int? Processor = null, string? BindingsAssembly = null) : TurnRequest;

/// <summary>Slows later calls of a case, for the gate's control process and for studies.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Ns">The delay before a slowed call, in ns. The process spins.</param>
/// <param name="Every">The number N if every Nth call is slowed; 1 slows all calls.</param>
public sealed record SlowCase(string Case, double Ns, int Every) : TurnRequest;

/// <summary>Runs one turn: some ms of timed calls of one case.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Ms">The length of the turn, in ms. No call starts later.</param>
/// <param name="Keep">Whether the calls count. Calls of a warm-up do not.</param>
public sealed record Turn(string Case, double Ms, bool Keep) : TurnRequest;

/// <summary>Calls a case by several concurrent callers. Each caller makes one call after another.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Callers">The number of callers.</param>
/// <param name="Ms">The length of the measurement, in ms. No call starts later.</param>
public sealed record RunCallers(string Case, int Callers, double Ms) : TurnRequest;

/// <summary>Asks for the sums of all kept turns.</summary>
public sealed record GetResults : TurnRequest;

/// <summary>A reply of a measuring process to the gate.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "said")]
[JsonDerivedType(typeof(CasesConnected), "entered")]
[JsonDerivedType(typeof(Done), "done")]
[JsonDerivedType(typeof(CallersResult), "crowded")]
[JsonDerivedType(typeof(TurnResults), "told")]
[JsonDerivedType(typeof(Refused), "refused")]
public abstract record TurnReply;

/// <summary>Reports that all cases are connected.</summary>
/// <param name="Runtime">The process's .NET version.</param>
/// <param name="OnOneProcessor">Whether the process is restricted to the requested processor.</param>
public sealed record CasesConnected(string Runtime, bool OnOneProcessor) : TurnReply;

/// <summary>Reports that the request is done.</summary>
/// <param name="P50Ns">The median of a turn's calls, in ns; null after any other request.</param>
public sealed record Done(double? P50Ns) : TurnReply;

/// <summary>The sums of all kept turns.</summary>
/// <param name="Cases">The sum of each case that had a kept turn.</param>
/// <param name="PeakMemoryBytes">The process's peak memory, in bytes; null if unknown.</param>
public sealed record TurnResults(IReadOnlyList<TurnSum> Cases, double? PeakMemoryBytes = null) : TurnReply;

/// <summary>The result of several concurrent callers.</summary>
/// <param name="CallsPerSecond">Calls per second of all callers together.</param>
/// <param name="LongestNs">The longest call, in ns.</param>
public sealed record CallersResult(double CallsPerSecond, double LongestNs) : TurnReply;

/// <summary>Reports that a request failed.</summary>
/// <param name="Error">The reason.</param>
/// <param name="Unusable">Whether a retry is useless: another protocol version or an unknown case.</param>
public sealed record Refused(string Error, bool Unusable) : TurnReply;

/// <summary>The sum of a case's kept turns in one process.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Histogram">The durations of the calls, in ticks of the process's clock: HdrHistogram, V2 compressed, base64.</param>
/// <param name="MeanNs">The mean of the calls, in ns.</param>
/// <param name="AllocatedBytes">The bytes allocated per call.</param>
public sealed record TurnSum(string Case, string Histogram, double MeanNs, double AllocatedBytes);

/// <summary>Writes and reads requests and replies as lines of JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
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
