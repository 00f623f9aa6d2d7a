using System.Text.Json.Serialization;

namespace WorkerRpc.Functions;

/// <summary>
/// The JSON serialization of all messages between the workers. A missing or null member is an error, so that an incomplete
/// request is never executed.
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
