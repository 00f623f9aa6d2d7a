using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWebNpm;

/// <summary>A command, sent as one JSON line to <c>caller.mjs</c>.</summary>
/// <param name="Do">The name of the command: "hold" stores a request, "call" makes one call, and "time" makes timed calls.</param>
/// <param name="Request">The request to store.</param>
/// <param name="Held">The number of the stored request that the calls send.</param>
/// <param name="Calls">The maximum number of timed calls.</param>
/// <param name="TimeLimitNs">The time limit in ns, after which no new call starts.</param>
internal sealed record NpmCommand(string Do, ExecuteRequest? Request = null, int? Held = null, int? Calls = null, long? TimeLimitNs = null)
{
    public string ToLine() => JsonSerializer.Serialize(this, NpmJson.Default.NpmCommand);
}

/// <summary>A reply, received as one JSON line from <c>caller.mjs</c>.</summary>
/// <param name="Error">The error message; null on success.</param>
/// <param name="Held">The number of the stored request.</param>
/// <param name="RequestBytes">The size of the encoded request, in bytes.</param>
/// <param name="ResponseBytes">The size of the encoded response, in bytes.</param>
/// <param name="Response">The response to the command "call".</param>
/// <param name="Calls">The durations that the command "time" measured.</param>
internal sealed record NpmReply(
    string? Error = null,
    int Held = 0,
    long RequestBytes = 0,
    long ResponseBytes = 0,
    ExecuteResponse<Payload>? Response = null,
    SelfTimedCalls? Calls = null)
{
    /// <summary>Parses a line. Returns null if the line is not a valid reply.</summary>
    public static NpmReply? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, NpmJson.Default.NpmReply);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(NpmCommand))]
[JsonSerializable(typeof(NpmReply))]
internal sealed partial class NpmJson : JsonSerializerContext;
