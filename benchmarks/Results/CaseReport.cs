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

    /// <summary>The payload's size as JSON, in bytes.</summary>
    public required int PayloadBytes { get; init; }

    /// <summary>One pass for each launch that measured the case.</summary>
    public required IReadOnlyList<PassReport> Passes { get; init; }

    /// <summary>The launches in which the case failed, with the error.</summary>
    public required IReadOnlyList<CaseFailure> Failures { get; init; }

    /// <summary>The method, function and payload together.</summary>
    [JsonIgnore]
    public CaseId Id => new(Method, Function, Payload);
}

/// <summary>A case's failure in one launch.</summary>
/// <param name="Launch">The launch's number, from 1.</param>
/// <param name="Error">The error message.</param>
public sealed record CaseFailure([property: Range(1, double.PositiveInfinity)] int Launch, string Error);
