namespace WorkerRpc.CapnWeb.Values;

/// <summary>The error types that a JavaScript peer knows. The peer converts any other type to Error and drops its name.</summary>
public static class RpcErrorTypes
{
    /// <summary>An error of no special type.</summary>
    public const string Error = "Error";

    /// <summary>An error of <c>eval()</c>. Today's JavaScript engines no longer throw it.</summary>
    public const string EvalError = "EvalError";

    /// <summary>A value outside its range.</summary>
    public const string RangeError = "RangeError";

    /// <summary>A variable that does not exist.</summary>
    public const string ReferenceError = "ReferenceError";

    /// <summary>Text that cannot be parsed.</summary>
    public const string SyntaxError = "SyntaxError";

    /// <summary>A value of the wrong type.</summary>
    public const string TypeError = "TypeError";

    /// <summary>A malformed URI.</summary>
    public const string UriError = "URIError";

    /// <summary>Several errors in one.</summary>
    public const string AggregateError = "AggregateError";

    /// <summary>Returns the error type as which a .NET exception is sent.</summary>
    internal static string Of(Exception error) => error switch
    {
        RpcException { ErrorType: var type } => type,
        AggregateException => AggregateError,
        ArgumentOutOfRangeException or OverflowException or IndexOutOfRangeException => RangeError,
        ArgumentException or InvalidCastException or MissingMemberException => TypeError,
        UriFormatException => UriError,
        FormatException or System.Text.Json.JsonException => SyntaxError,
        _ => Error,
    };

    /// <summary>
    /// Returns the <c>code</c> property with which a .NET exception is sent: the name of its class. Returns null if the error type already
    /// contains that information.
    /// </summary>
    internal static string? CodeOf(Exception error)
    {
        Type type = error.GetType();
        return type == typeof(Exception) || type == typeof(AggregateException) || type == typeof(ArgumentOutOfRangeException)
            || type == typeof(ArgumentException) || type == typeof(UriFormatException) || type == typeof(FormatException)
            ? null
            : type.Name;
    }
}
