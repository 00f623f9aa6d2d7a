using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>A kind of error: a factory, and a check for a received error.</summary>
internal sealed record ErrorKind(Func<RpcException> Make, Func<RpcException, bool> Is);

/// <summary>Every kind of error, by the names in <c>Node/errors.mjs</c>.</summary>
internal static class ErrorKinds
{
    private static readonly Dictionary<string, object?> s_properties = ValueKinds.Members(
        ("code", "E_RANGE"),
        ("limit", 3.0),
        ("at", DateTimeOffset.FromUnixTimeMilliseconds(5)),
        ("path", new object?[] { "a", 1.0 }),
        ("none", RpcUndefined.Value));

    public static IReadOnlyDictionary<string, ErrorKind> All { get; } = new Dictionary<string, ErrorKind>(
        [
            .. new[]
            {
                RpcErrorTypes.Error, RpcErrorTypes.EvalError, RpcErrorTypes.RangeError, RpcErrorTypes.ReferenceError,
                RpcErrorTypes.SyntaxError, RpcErrorTypes.TypeError, RpcErrorTypes.UriError,
            }.Select(type => KeyValuePair.Create(
                type, new ErrorKind(() => new RpcException(type, $"an {type}"), error => IsA(error, type, $"an {type}")))),
        ])
    {
        // JavaScript does not know this error type.
        ["ownType"] = new(
            () => new RpcException("OrderError", "of its own type") { Code = "E_ORDER" },
            error => error is { Message: "of its own type", Code: "E_ORDER" }),
        ["emptyMessage"] = new(() => new RpcException(""), error => IsA(error, RpcErrorTypes.Error, "")),
        ["properties"] = new(
            () => new RpcException(RpcErrorTypes.RangeError, "with properties") { Properties = s_properties },
            error => IsA(error, RpcErrorTypes.RangeError, "with properties") && error.Code == "E_RANGE"
                && ValueKinds.AreSame(error.Properties.ToDictionary(), s_properties)),
        ["cause"] = new(
            () => new RpcException(
                RpcErrorTypes.TypeError, "outer", new RpcException(RpcErrorTypes.RangeError, "inner") { Cause = "innermost" }),
            error => IsA(error, RpcErrorTypes.TypeError, "outer") && IsA(error.Cause, RpcErrorTypes.RangeError, "inner")
                && error.Cause is RpcException { Cause: "innermost" }),
        ["aggregate"] = new(
            () => new RpcException(RpcErrorTypes.AggregateError, "several")
            {
                Errors = [new RpcException(RpcErrorTypes.TypeError, "first"), new RpcException("second"), "third"],
            },
            error => IsA(error, RpcErrorTypes.AggregateError, "several") && error.Errors is [{ } first, { } second, "third"]
                && IsA(first, RpcErrorTypes.TypeError, "first") && IsA(second, RpcErrorTypes.Error, "second")),
    };

    /// <summary>Thrown values that are not Error objects.</summary>
    public static IReadOnlyDictionary<string, object?> Thrown { get; } = new Dictionary<string, object?>
    {
        ["string"] = "a string",
        ["object"] = ValueKinds.Members(("reason", "an object"), ("at", new object?[] { 1.0 })),
        ["undefined"] = RpcUndefined.Value,
    };

    private static bool IsA(object? error, string type, string message) =>
        error is RpcException given && given.ErrorType == type && given.Message == message;
}
