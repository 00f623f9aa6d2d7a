namespace WorkerRpc.Benchmarks.Results;

/// <summary>Marks a list whose values are all different. The JSON Schema then says <c>uniqueItems</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DistinctAttribute : Attribute;
