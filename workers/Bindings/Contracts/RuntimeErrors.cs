namespace WorkerRpc.Bindings.Contracts;

/// <summary>Thrown when the runtime cannot be reached, or the connection ends before the answer.</summary>
public sealed class RuntimeUnreachableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Thrown when the runtime answers with an error.</summary>
/// <param name="status">The HTTP status that classifies the error.</param>
/// <param name="detail">The runtime's error message.</param>
public sealed class RuntimeErrorException(int status, string detail) : Exception($"The runtime answered {status}: {detail}")
{
    /// <summary>The HTTP status that classifies the error.</summary>
    public int Status => status;

    /// <summary>The runtime's error message.</summary>
    public string Detail => detail;
}
