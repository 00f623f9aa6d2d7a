using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>Writes and reads a launch's plan as one line of JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LaunchPlan))]
internal sealed partial class LaunchPlanJson : JsonSerializerContext;
