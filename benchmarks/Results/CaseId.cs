using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>One cell of the matrix: a method, a function and a payload.</summary>
/// <param name="Method">The id of a binding.</param>
/// <param name="Function">The id of a function; <see cref="NoFunction"/> in a reference's cases.</param>
/// <param name="Payload">The label of a payload size, or that of a payload file.</param>
public sealed record CaseId(string Method, string Function, string Payload)
{
    /// <summary>Stands in a reference's cases where a method's have a function.</summary>
    public const string NoFunction = "-";

    /// <summary>Whether it is a row of reference: no method, in no verdict.</summary>
    public bool IsReference => Function == NoFunction;

    /// <summary>Reads the short name, <c>binding/function/payload</c>.</summary>
    /// <exception cref="UnusableInputException">The text is no short name.</exception>
    public static CaseId Parse(string name) =>
        name.Split('/') is [{ Length: > 0 } method, { Length: > 0 } function, { Length: > 0 } payload]
            ? new CaseId(method, function, payload)
            : throw new UnusableInputException($"Case '{name}': expected method/function/payload, like service-binding/echo/1KB.");

    /// <summary>The same function and payload by another method.</summary>
    public CaseId By(string method) => this with { Method = method };

    /// <summary>The short name, <c>binding/function/payload</c>.</summary>
    public override string ToString() => $"{Method}/{Function}/{Payload}";
}
