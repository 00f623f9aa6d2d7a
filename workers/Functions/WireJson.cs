using System.Text.Json.Serialization;

namespace WorkerRpc.Functions;

/// <summary>
/// The JSON form of everything that crosses between the workers. Strict: a missing or null member is an error,
/// so that a half-read request is never executed.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ExecuteRequest))]
[JsonSerializable(typeof(ExecuteResponse<Payload>))]
[JsonSerializable(typeof(ExecuteResponse<ComputeResult>))]
[JsonSerializable(typeof(ExecuteRequest[]))]
[JsonSerializable(typeof(ExecuteResponse<Payload>[]))]
[JsonSerializable(typeof(ExecuteResponse<ComputeResult>[]))]
public sealed partial class WireJson : JsonSerializerContext;
