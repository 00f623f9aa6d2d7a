namespace WorkerRpc.CapnWeb.Values;

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

    /// <summary>The type that an exception of .NET is sent as, unless it names its own.</summary>
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
    /// The code that an exception of .NET is sent with: its class, where the error's type does not already say as much.
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
