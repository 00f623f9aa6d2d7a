using System.Diagnostics.CodeAnalysis;

namespace WorkerRpc.Functions;

/// <summary>What a function is called with.</summary>
/// <param name="Data">The text that is carried: any .NET string.</param>
/// <param name="Metadata">When the payload was made.</param>
public sealed record Payload(string Data, PayloadMetadata Metadata);

/// <summary>What is known about a payload beside its data.</summary>
/// <param name="Timestamp">When the payload was made, in Unix milliseconds.</param>
public sealed record PayloadMetadata(long Timestamp);

/// <summary>One call of a function: what the caller worker sends to the runtime worker.</summary>
/// <param name="FunctionId">The id of a function in <see cref="FunctionList"/>.</param>
/// <param name="Payload">The function's argument.</param>
/// <param name="Timestamp">When the caller made the request, in Unix milliseconds.</param>
public sealed record ExecuteRequest(string FunctionId, Payload Payload, long Timestamp);

/// <summary>The answer to an <see cref="ExecuteRequest"/>, whatever the function's result is.</summary>
/// <param name="RuntimeTimestamp">When the function returned, in Unix milliseconds.</param>
/// <param name="ExecutionTimeMs">How long the function itself ran, in milliseconds.</param>
public abstract record ExecuteResponse(long RuntimeTimestamp, double ExecutionTimeMs);

/// <summary>The answer to an <see cref="ExecuteRequest"/> with the function's result.</summary>
/// <typeparam name="TResult">The function's result type.</typeparam>
/// <param name="Result">What the function returned; marked, because JSON null is let through for a type parameter that is not.</param>
/// <param name="RuntimeTimestamp">When the function returned, in Unix milliseconds.</param>
/// <param name="ExecutionTimeMs">How long the function itself ran, in milliseconds.</param>
public sealed record ExecuteResponse<TResult>([DisallowNull] TResult Result, long RuntimeTimestamp, double ExecutionTimeMs)
    : ExecuteResponse(RuntimeTimestamp, ExecutionTimeMs)
    where TResult : notnull;
