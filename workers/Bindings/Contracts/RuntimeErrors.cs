namespace WorkerRpc.Bindings.Contracts;

/// <summary>The runtime could not be reached, or went away before it answered.</summary>
public sealed class RuntimeUnreachableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The runtime answered with an error.</summary>
/// <param name="status">The HTTP status that says what kind of error it is.</param>
/// <param name="detail">The runtime's own words.</param>
public sealed class RuntimeErrorException(int status, string detail) : Exception($"The runtime answered {status}: {detail}")
{
    /// <summary>The HTTP status that says what kind of error it is.</summary>
    public int Status => status;

    /// <summary>The runtime's own words.</summary>
    public string Detail => detail;
}
