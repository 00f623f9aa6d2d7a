using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>A case over all launches.</summary>
public sealed record CaseReport
{
    /// <summary>The method's id.</summary>
    public required string Method { get; init; }

    /// <summary>The function's id.</summary>
    public required string Function { get; init; }

    /// <summary>The payload's label.</summary>
    public required string Payload { get; init; }

    /// <summary>The payload's size, in bytes of JSON.</summary>
    public required int PayloadBytes { get; init; }

    /// <summary>What each launch measured.</summary>
    public required IReadOnlyList<PassReport> Passes { get; init; }

    /// <summary>The launches in which the case failed, and why.</summary>
    public required IReadOnlyList<CaseFailure> Failures { get; init; }

    /// <summary>Which case it is.</summary>
    [JsonIgnore]
    public CaseId Id => new(Method, Function, Payload);
}

/// <summary>A case's failure in one launch.</summary>
/// <param name="Launch">The launch's number.</param>
/// <param name="Error">Why.</param>
public sealed record CaseFailure(int Launch, string Error);
