namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// An error with all the properties that a JavaScript error has. A rejected call throws it. When a method throws it, the caller receives
/// these properties.
/// </summary>
public class RpcException : Exception
{
    private static readonly Dictionary<string, object?> s_noProperties = [];

    /// <summary>Creates an error of type <c>Error</c>.</summary>
    public RpcException(string message)
        : this(RpcErrorTypes.Error, message)
    {
    }

    /// <summary>Creates an error of any type. JavaScript peers know only the types in <see cref="RpcErrorTypes"/>.</summary>
    public RpcException(string errorType, string message, Exception? cause = null)
        : base(message, cause)
    {
        ErrorType = errorType;
        if (cause is not null)
        {
            Cause = cause;
        }
    }

    /// <summary>Creates an error of this library. Its inner exception is for this process only and is never sent.</summary>
    private protected RpcException(Exception? inner, string errorType, string message)
        : base(message, inner) => ErrorType = errorType;

    /// <summary>The error type on the wire, such as <c>RangeError</c>.</summary>
    public string ErrorType { get; }

    /// <summary>
    /// The property <c>code</c>, if it is a string. Callers can compare it to decide what to do. Setting it adds the property.
    /// </summary>
    public string? Code
    {
        get => Properties.GetValueOrDefault(ErrorMembers.Code) as string;
        init => Properties = new Dictionary<string, object?>(Properties) { [ErrorMembers.Code] = value };
    }

    /// <summary>The error's own properties in order, without <c>cause</c> and <c>errors</c>.</summary>
    public IReadOnlyDictionary<string, object?> Properties { get; init; } = s_noProperties;

    /// <summary>The cause of the error. Usually it is an exception, but JavaScript allows any value.</summary>
    public object? Cause
    {
        get;
        init
        {
            field = value;
            HasCause = true;
        }
    }

    /// <summary>Whether the error has a cause. The cause itself may be null.</summary>
    public bool HasCause { get; private init; }

    /// <summary>The errors in an <c>AggregateError</c>. The list is null for other error types.</summary>
    public IReadOnlyList<object?>? Errors { get; init; }

    /// <summary>
    /// The stack trace that is sent to the peer, or that the peer sent. To send one, set it on the exception that
    /// <c>RpcSessionOptions.OnSendError</c> returns.
    /// </summary>
    public string? RemoteStack { get; init; }

    /// <summary>The thrown value, if it is not an error. JavaScript can throw any value.</summary>
    public object? Thrown
    {
        get;
        init
        {
            field = value;
            IsThrownValue = true;
        }
    }

    /// <summary>Whether <see cref="Thrown"/> is set. The thrown value itself may be null.</summary>
    public bool IsThrownValue { get; private init; }
}

/// <summary>The peer violated the protocol or exceeded a limit. This error ends the session.</summary>
public sealed class RpcProtocolException(string message, string errorType = RpcErrorTypes.TypeError, Exception? cause = null)
    : RpcException(cause, errorType, message);

/// <summary>A value cannot be sent, or a received value has the wrong type. The call fails, but the session continues.</summary>
public sealed class RpcValueException(string message, Exception? cause = null)
    : RpcException(cause, RpcErrorTypes.TypeError, message)
{
    /// <summary>Whether the application's own code failed while the value was written. The message may then contain its text.</summary>
    internal bool IsUnexpected { get; init; }

    /// <summary>Whether the value is nested too deep. Omitting a property of the error then does not help.</summary>
    internal bool IsTooDeep { get; init; }
}

/// <summary>The session has ended, so no call can be made through it.</summary>
public sealed class RpcBrokenException(string message, Exception? cause = null)
    : RpcException(cause, RpcErrorTypes.Error, message);
