using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>Identifies a case: a method, a function and a payload.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="Function">The function's id; <see cref="NoFunction"/> for a reference, which calls no function.</param>
/// <param name="Payload">The label of the payload: <c>1KB</c>, or <see cref="PayloadFileReport.Label"/>.</param>
public sealed record CaseId(string Method, string Function, string Payload)
{
    /// <summary>The function's id in the cases of a reference, which calls no function.</summary>
    public const string NoFunction = "-";

    /// <summary>Whether the case belongs to a reference. References are compared with, and have no verdict.</summary>
    public bool IsReference => Function == NoFunction;

    /// <summary>Parses a short name, <c>method/function/payload</c>.</summary>
    /// <exception cref="UnusableInputException">The text is not a short name.</exception>
    public static CaseId Parse(string name) =>
        name.Split('/') is [{ Length: > 0 } method, { Length: > 0 } function, { Length: > 0 } payload]
            ? new CaseId(method, function, payload)
            : throw new UnusableInputException($"Case '{name}': expected method/function/payload, like service-binding/echo/1KB.");

    /// <summary>The case of another method with the same function and payload.</summary>
    public CaseId By(string method) => this with { Method = method };

    /// <summary>The short name, <c>method/function/payload</c>.</summary>
    public override string ToString() => $"{Method}/{Function}/{Payload}";
}
