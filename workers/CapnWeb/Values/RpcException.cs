namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// An error that crossed, or is to cross, with all that JavaScript gives it. A rejected call throws it; a method that
/// throws one decides every part of what its caller sees.
/// </summary>
public class RpcException : Exception
{
    /// <summary>An error of JavaScript's plain type.</summary>
    public RpcException(string message)
        : this(RpcErrorTypes.Error, message)
    {
    }

    /// <summary>An error of a type (<see cref="RpcErrorTypes"/>; a JavaScript peer knows no others) with a cause.</summary>
    public RpcException(string errorType, string message, Exception? cause = null)
        : base(message, cause)
    {
        ErrorType = errorType;
        Cause = cause;
    }

    /// <summary>The name of the error's type, as it stands on the wire.</summary>
    public string ErrorType { get; }

    /// <summary>The property <c>code</c> where it is text: what a caller should branch on.</summary>
    public string? Code
    {
        get => throw new NotImplementedException();
        init => throw new NotImplementedException();
    }

    /// <summary>Own properties, in order; without cause and errors.</summary>
    public IReadOnlyDictionary<string, object?> Properties { get; init; } = new Dictionary<string, object?>();

    /// <summary>What caused it: mostly an exception, but JavaScript allows any value. <see cref="RpcUndefined"/> is a value too.</summary>
    public object? Cause { get; init; }

    /// <summary>What an AggregateError gathers; null where it gathers nothing.</summary>
    public IReadOnlyList<object?>? Errors { get; init; }

    /// <summary>The peer's stack, where its application let it go; ours, where the hook is to send one.</summary>
    public string? RemoteStack { get; init; }

    /// <summary>What was thrown where it was no error at all (JavaScript throws anything); else null.</summary>
    public object? Thrown { get; init; }
}

/// <summary>The types of error that a JavaScript peer knows; any other becomes Error there, and its name is lost.</summary>
public static class RpcErrorTypes
{
    /// <summary>Anything.</summary>
    public const string Error = "Error";

    /// <summary>What eval threw once.</summary>
    public const string EvalError = "EvalError";

    /// <summary>A value outside its range.</summary>
    public const string RangeError = "RangeError";

    /// <summary>An unknown name.</summary>
    public const string ReferenceError = "ReferenceError";

    /// <summary>Text that does not parse.</summary>
    public const string SyntaxError = "SyntaxError";

    /// <summary>A value of the wrong type.</summary>
    public const string TypeError = "TypeError";

    /// <summary>A malformed URI.</summary>
    public const string UriError = "URIError";

    /// <summary>Several errors in one.</summary>
    public const string AggregateError = "AggregateError";
}

/// <summary>The peer broke the protocol or a limit: the session ends.</summary>
public sealed class RpcProtocolException(string message, string errorType = RpcErrorTypes.TypeError, Exception? cause = null)
    : RpcException(errorType, message, cause);

/// <summary>A value that cannot be sent, or is not what was asked for: the call fails, the session goes on.</summary>
public sealed class RpcValueException(string message, Exception? cause = null)
    : RpcException(RpcErrorTypes.TypeError, message, cause);

/// <summary>The session is over: nothing can be called through it any more.</summary>
public sealed class RpcBrokenException(string message, Exception? cause = null)
    : RpcException(RpcErrorTypes.Error, message, cause);
