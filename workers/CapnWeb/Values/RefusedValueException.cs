using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// This library refuses a value or a type. Only the messages of these exceptions are sent to the peer: those of other exceptions may
/// contain text of the application. It is a JsonException, so that System.Text.Json adds the path of the value.
/// </summary>
[SuppressMessage("Design", "CA1032", Justification = "Created by this library only.")]
internal sealed class RefusedValueException(string message, bool isType = false) : JsonException(message)
{
    /// <summary>
    /// Whether the type is refused, wherever its values are. System.Text.Json may throw such an exception again, with the path of the first
    /// time.
    /// </summary>
    public bool IsType { get; } = isType;

    /// <summary>Returns the refusal in an exception or in one of its inner exceptions. Returns null if there is none.</summary>
    public static RefusedValueException? In(Exception error)
    {
        Exception? each = error;
        while (each is not (null or RefusedValueException))
        {
            each = each.InnerException;
        }

        return (RefusedValueException?)each;
    }

    /// <summary>Returns the message for the peer.</summary>
    public string Sentence() => IsType || Path is null ? Message : $"at {Path}, {Message}";
}
