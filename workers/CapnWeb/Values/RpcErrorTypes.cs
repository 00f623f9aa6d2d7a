namespace WorkerRpc.CapnWeb.Values;

/// <summary>The error types that a JavaScript peer knows. It turns any other type into Error, and the name is lost.</summary>
public static class RpcErrorTypes
{
    /// <summary>An error of no special type.</summary>
    public const string Error = "Error";

    /// <summary>An error of <c>eval()</c>. Today's JavaScript engines no longer throw it.</summary>
    public const string EvalError = "EvalError";

    /// <summary>A value outside its range.</summary>
    public const string RangeError = "RangeError";

    /// <summary>An unknown variable.</summary>
    public const string ReferenceError = "ReferenceError";

    /// <summary>Text that cannot be parsed.</summary>
    public const string SyntaxError = "SyntaxError";

    /// <summary>A value of the wrong type.</summary>
    public const string TypeError = "TypeError";

    /// <summary>A malformed URI.</summary>
    public const string UriError = "URIError";

    /// <summary>Several errors in one.</summary>
    public const string AggregateError = "AggregateError";

    /// <summary>The error type that a .NET exception is sent as.</summary>
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
    /// The <c>code</c> property that a .NET exception is sent with: the name of its class. Null where the error type says as much.
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
