using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// The protocol between the gate and a measuring process. The gate sends one request at a time and waits for its reply; each is
/// one line of JSON. The two processes may be builds of different commits, so a change in the meaning of a line requires a new
/// version number.
/// </summary>
internal static class TurnProtocol
{
    public const int Version = 3;
}

/// <summary>A request from the gate to a measuring process.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(ConnectCases), "enter")]
[JsonDerivedType(typeof(SlowCase), "slow")]
[JsonDerivedType(typeof(Turn), "turn")]
[JsonDerivedType(typeof(RunCallers), "crowd")]
[JsonDerivedType(typeof(GetResults), "tell")]
public abstract record TurnRequest;

/// <summary>Starts both workers, connects the cases, and checks one answer of each case.</summary>
/// <param name="Version">The gate's version of the protocol.</param>
/// <param name="Cases">The short names of the cases.</param>
/// <param name="PayloadKind">
/// The kind of the cases' payloads. Optional, so that a request of an older version is refused because of its version.
/// </param>
/// <param name="Processor">
/// The number of the only processor that the process may use. If it is null, the process may use all processors.
/// </param>
/// <param name="BindingsAssembly">An assembly with additional bindings. If it is null, there are only the built-in bindings.</param>
public sealed record ConnectCases(
    int Version,
    IReadOnlyList<string> Cases,
    PayloadKind PayloadKind = PayloadKind.Letters,
    int? Processor = null,
    string? BindingsAssembly = null) : TurnRequest;

/// <summary>Delays the later calls of a case. The gate uses this to inject a regression of known size into its control process.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Ns">The delay before a slowed call, in ns. The process spins during the delay.</param>
/// <param name="Every">The distance between slowed calls: every Nth call is slowed, so 1 slows all calls.</param>
public sealed record SlowCase(string Case, double Ns, int Every) : TurnRequest;

/// <summary>Runs one turn, which makes and times calls of one case for a few ms.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Ms">The length of the turn, in ms, after which no call starts.</param>
/// <param name="Keep">Whether the turn's calls count. The calls of a warm-up do not count.</param>
public sealed record Turn(string Case, double Ms, bool Keep) : TurnRequest;

/// <summary>Lets several concurrent callers call a case. Each caller makes one call after another.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Callers">The number of callers.</param>
/// <param name="Ms">The length of the measurement, in ms, after which no call starts.</param>
public sealed record RunCallers(string Case, int Callers, double Ms) : TurnRequest;

/// <summary>Asks for the results of all turns whose calls count.</summary>
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

/// <summary>Reports that a request was carried out.</summary>
/// <param name="P50Ns">The median duration of a turn's calls, in ns. Null if the request was not for a turn.</param>
public sealed record Done(double? P50Ns) : TurnReply;

/// <summary>The results of all turns whose calls count.</summary>
/// <param name="Cases">The results of each case that had such a turn.</param>
/// <param name="PeakMemoryBytes">The process's peak memory, in bytes. Null if it is unknown.</param>
public sealed record TurnResults(IReadOnlyList<TurnSum> Cases, double? PeakMemoryBytes = null) : TurnReply;

/// <summary>The result of a measurement with several concurrent callers.</summary>
/// <param name="CallsPerSecond">The number of calls per second of all callers together.</param>
/// <param name="LongestNs">The duration of the longest call, in ns.</param>
public sealed record CallersResult(double CallsPerSecond, double LongestNs) : TurnReply;

/// <summary>Reports that a request failed.</summary>
/// <param name="Error">The reason of the failure.</param>
/// <param name="Unusable">Whether a retry would also fail, because the protocol version differs or the case is unknown.</param>
public sealed record Refused(string Error, bool Unusable) : TurnReply;

/// <summary>The results of a case in one process, added up over all turns whose calls count.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Histogram">The durations of the calls, in ticks of the process's clock, as an HdrHistogram (V2 compressed, base64).</param>
/// <param name="MeanNs">The mean duration of the calls, in ns.</param>
/// <param name="AllocatedBytes">The average number of bytes that a call allocates.</param>
/// <param name="CpuNs">The average processor time of the whole process for a call, in ns. Null if it is unknown.</param>
public sealed record TurnSum(string Case, string Histogram, double MeanNs, double AllocatedBytes, double? CpuNs = null);

/// <summary>Writes and reads the requests and replies as lines of JSON.</summary>
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

    /// <exception cref="JsonException">The line is not a valid request.</exception>
    public static TurnRequest ReadRequest(string line) =>
        JsonSerializer.Deserialize(line, Default.TurnRequest) ?? throw new JsonException("The line is JSON null.");

    /// <exception cref="JsonException">The line is not a valid reply.</exception>
    public static TurnReply ReadReply(string line) =>
        JsonSerializer.Deserialize(line, Default.TurnReply) ?? throw new JsonException("The line is JSON null.");
}
