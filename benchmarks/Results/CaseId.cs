using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The identity of a case: a method, a function and a payload.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="Function">The function's id; <see cref="NoFunction"/> for a reference, which calls no function.</param>
/// <param name="Payload">The label of the payload: <c>1KB</c>, or <see cref="PayloadFileReport.Label"/> for the user's file.</param>
public sealed record CaseId(string Method, string Function, string Payload)
{
    /// <summary>The text in place of a function's id for a reference, which calls no function.</summary>
    public const string NoFunction = "-";

    /// <summary>
    /// Whether the case belongs to a reference. Other cases are compared with references; a reference itself has no verdict.
    /// </summary>
    public bool IsReference => Function == NoFunction;

    /// <summary>Parses a case's short name: <c>method/function/payload</c>.</summary>
    /// <exception cref="UnusableInputException">The text is not a short name.</exception>
    public static CaseId Parse(string name) =>
        name.Split('/') is [{ Length: > 0 } method, { Length: > 0 } function, { Length: > 0 } payload]
            ? new CaseId(method, function, payload)
            : throw new UnusableInputException($"Case '{name}': expected method/function/payload, like service-binding/echo/1KB.");

    /// <summary>Returns the case of another method with the same function and payload.</summary>
    public CaseId By(string method) => this with { Method = method };

    /// <summary>Returns the case's short name: <c>method/function/payload</c>.</summary>
    public override string ToString() => $"{Method}/{Function}/{Payload}";
}
