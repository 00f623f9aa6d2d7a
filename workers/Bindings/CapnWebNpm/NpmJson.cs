using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWebNpm;

/// <summary>A line to <c>caller.mjs</c>.</summary>
/// <param name="Do">hold, call or time.</param>
/// <param name="Request">What is to be held.</param>
/// <param name="Held">The request that is called with, by the number under which it is held.</param>
/// <param name="Calls">The most calls that are to be timed.</param>
/// <param name="TimeLimitNs">No timed call begins after this many ns.</param>
internal sealed record NpmCommand(string Do, ExecuteRequest? Request = null, int? Held = null, int? Calls = null, long? TimeLimitNs = null)
{
    public string ToLine() => JsonSerializer.Serialize(this, NpmJson.Default.NpmCommand);
}

/// <summary>A line from <c>caller.mjs</c>.</summary>
/// <param name="Error">What went wrong; null where nothing did.</param>
/// <param name="Held">The number under which a request is held.</param>
/// <param name="RequestBytes">The bytes of the encoded request.</param>
/// <param name="ResponseBytes">The bytes of the encoded response to it.</param>
/// <param name="Response">The response of one call.</param>
/// <param name="Calls">The calls that were timed.</param>
internal sealed record NpmReply(
    string? Error = null, int Held = 0, long RequestBytes = 0, long ResponseBytes = 0, ExecuteResponse<Payload>? Response = null, SelfTimedCalls? Calls = null)
{
    /// <summary>Null where the line is none.</summary>
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
