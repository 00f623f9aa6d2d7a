using System.Diagnostics.CodeAnalysis;

namespace WorkerRpc.Functions;

/// <summary>The argument of a function.</summary>
/// <param name="Data">The text that is sent. Every .NET string is allowed.</param>
/// <param name="Metadata">The payload's creation time.</param>
public sealed record Payload(string Data, PayloadMetadata Metadata);

/// <summary>Data about a payload.</summary>
/// <param name="Timestamp">The creation time of the payload, in Unix milliseconds.</param>
public sealed record PayloadMetadata(long Timestamp);

/// <summary>The request that the caller worker sends to the runtime worker to call a function.</summary>
/// <param name="FunctionId">The id of a function in <see cref="FunctionList"/>.</param>
/// <param name="Payload">The function's argument.</param>
/// <param name="Timestamp">The creation time of the request, in Unix milliseconds.</param>
public sealed record ExecuteRequest(string FunctionId, Payload Payload, long Timestamp);

/// <summary>The part of an answer to an <see cref="ExecuteRequest"/> that does not depend on the function's result type.</summary>
/// <param name="RuntimeTimestamp">The time when the function returned, in Unix milliseconds.</param>
/// <param name="ExecutionTimeMs">The time that the function itself ran, in ms.</param>
public abstract record ExecuteResponse(long RuntimeTimestamp, double ExecutionTimeMs)
{
    /// <summary>Whether another answer has an equal result. Times are not compared. Allocates nothing.</summary>
    public abstract bool HasSameResult(ExecuteResponse? other);
}

/// <summary>The answer to an <see cref="ExecuteRequest"/> with the function's result.</summary>
/// <typeparam name="TResult">The function's result type.</typeparam>
/// <param name="Result">The function's result. It has DisallowNull, because the serializer would otherwise accept null.</param>
/// <param name="RuntimeTimestamp">The time when the function returned, in Unix milliseconds.</param>
/// <param name="ExecutionTimeMs">The time that the function itself ran, in ms.</param>
public sealed record ExecuteResponse<TResult>([DisallowNull] TResult Result, long RuntimeTimestamp, double ExecutionTimeMs)
    : ExecuteResponse(RuntimeTimestamp, ExecutionTimeMs)
    where TResult : notnull
{
    /// <inheritdoc/>
    public override bool HasSameResult(ExecuteResponse? other) =>
        other is ExecuteResponse<TResult> same && EqualityComparer<TResult>.Default.Equals(Result, same.Result);
}
