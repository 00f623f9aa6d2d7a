namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// An error that crossed, or is to cross, with all that JavaScript gives it. A rejected call throws it; a method that
/// throws one decides every part of what its caller sees.
/// </summary>
public class RpcException : Exception
{
    private static readonly Dictionary<string, object?> NoProperties = [];

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
        if (cause is not null)
        {
            Cause = cause;
        }
    }

    /// <summary>The name of the error's type, as it stands on the wire.</summary>
    public string ErrorType { get; }

    /// <summary>The property <c>code</c> where it is text: what a caller should branch on. Setting it adds the property.</summary>
    public string? Code
    {
        get => Properties.GetValueOrDefault(ErrorMembers.Code) as string;
        init => Properties = new Dictionary<string, object?>(Properties) { [ErrorMembers.Code] = value };
    }

    /// <summary>Own properties, in order; without cause and errors.</summary>
    public IReadOnlyDictionary<string, object?> Properties { get; init; } = NoProperties;

    /// <summary>What caused it: mostly an exception, but JavaScript allows any value.</summary>
    public object? Cause
    {
        get;
        init
        {
            field = value;
            HasCause = true;
        }
    }

    /// <summary>Whether there is a cause, be it null.</summary>
    public bool HasCause { get; private init; }

    /// <summary>What an AggregateError gathers; null for other errors.</summary>
    public IReadOnlyList<object?>? Errors { get; init; }

    /// <summary>The peer's stack, where its application let it go; ours, where the hook is to send one.</summary>
    public string? RemoteStack { get; init; }

    /// <summary>What was thrown where it was no error (JavaScript throws anything).</summary>
    public object? Thrown
    {
        get;
        init
        {
            field = value;
            IsThrownValue = true;
        }
    }

    /// <summary>Whether a value was thrown that is no error, be it null: then <see cref="Thrown"/> is it.</summary>
    public bool IsThrownValue { get; private init; }
}

/// <summary>The peer broke the protocol or a limit: the session ends.</summary>
public sealed class RpcProtocolException(string message, string errorType = RpcErrorTypes.TypeError, Exception? cause = null)
    : RpcException(errorType, message, cause);

/// <summary>A value that cannot be sent, or is not what was asked for: the call fails, the session goes on.</summary>
public sealed class RpcValueException(string message, Exception? cause = null)
    : RpcException(RpcErrorTypes.TypeError, message, cause)
{
    /// <summary>Nested too deep, so not to be mended by leaving a part of it out.</summary>
    internal bool IsTooDeep { get; init; }
}

/// <summary>The session is over: nothing can be called through it any more.</summary>
public sealed class RpcBrokenException(string message, Exception? cause = null)
    : RpcException(RpcErrorTypes.Error, message, cause);
