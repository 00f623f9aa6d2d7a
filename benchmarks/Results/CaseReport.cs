using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The measurements and failures of one case in all launches.</summary>
public sealed record CaseReport
{
    /// <summary>The method's id.</summary>
    public required string Method { get; init; }

    /// <summary>The function's id.</summary>
    public required string Function { get; init; }

    /// <summary>The payload's label.</summary>
    public required string Payload { get; init; }

    /// <summary>The size of the payload as JSON, in bytes.</summary>
    public required int PayloadBytes { get; init; }

    /// <summary>The passes: one for each launch that measured the case.</summary>
    public required IReadOnlyList<PassReport> Passes { get; init; }

    /// <summary>The failures: one for each launch in which the case failed.</summary>
    public required IReadOnlyList<CaseFailure> Failures { get; init; }

    /// <summary>The case's method, function and payload.</summary>
    [JsonIgnore]
    public CaseId Id => new(Method, Function, Payload);
}

/// <summary>A failure of a case in one launch.</summary>
/// <param name="Launch">The launch's number, from 1.</param>
/// <param name="Error">The error message.</param>
public sealed record CaseFailure([property: Range(1, double.PositiveInfinity)] int Launch, string Error);
