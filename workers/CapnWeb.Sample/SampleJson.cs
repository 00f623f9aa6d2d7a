using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Sample;

/// <summary>
/// The JSON metadata of the records that are sent. It is generated at compile time, because native code cannot use reflection for it.
/// </summary>
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(Note))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SampleJson : JsonSerializerContext;
