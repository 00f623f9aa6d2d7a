namespace WorkerRpc.Benchmarks.Results;

/// <summary>Says that a list has no value twice. The JSON Schema shows it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DistinctAttribute : Attribute;
