using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Sample;

/// <summary>JSON metadata of the records that are sent, generated at compile time: native code has no reflection for it.</summary>
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(Note))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SampleJson : JsonSerializerContext;
