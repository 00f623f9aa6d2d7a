using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The machine, the runtime and the runtime's settings in a launch. Two reports are comparable only if all these values are equal.
/// </summary>
public sealed record EnvironmentReport
{
    /// <summary>The processor's model.</summary>
    public required string Cpu { get; init; }

    /// <summary>
    /// The processor's family, model, stepping and microcode, because processors of several generations can have one name. Null in reports
    /// of older programs, and if the system does not state them.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CpuVersion { get; init; }

    /// <summary>The processor's name and version as one text for reports.</summary>
    [JsonIgnore]
    public string Processor => CpuVersion is null ? Cpu : $"{Cpu} ({CpuVersion})";

    /// <summary>The number of processors that the process may use.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Cores { get; init; }

    /// <summary>The operating system.</summary>
    public required string Os { get; init; }

    /// <summary>The process's architecture, such as X64.</summary>
    public required string Architecture { get; init; }

    /// <summary>The runtime's version.</summary>
    public required string Runtime { get; init; }

    /// <summary>The settings of the garbage collector in the measured process.</summary>
    public required string GarbageCollector { get; init; }

    /// <summary>
    /// The settings of tiered compilation and of thread pool spinning that differ from the runtime's defaults. The text is "default" if
    /// none differs.
    /// </summary>
    public required string Tiering { get; init; }

    /// <summary>The version of BenchmarkDotNet.</summary>
    public required string BenchmarkDotNet { get; init; }

    /// <summary>The version of this program.</summary>
    public required string Tool { get; init; }
}
