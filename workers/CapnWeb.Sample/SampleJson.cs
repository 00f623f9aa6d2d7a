using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Sample;

/// <summary>The records that cross, described at compile time: native code has no reflection to find their members.</summary>
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(Note))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SampleJson : JsonSerializerContext;
