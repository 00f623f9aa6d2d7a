using System.Numerics;

namespace WorkerRpc.Functions;

/// <summary>
/// Thrown for invalid input. The message names the input, its value and the accepted values. A worker reports the error as
/// problem details, and the command line ends with exit code 2.
/// </summary>
public class UnusableInputException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Creates the exception for a name that is unknown.</summary>
    public static UnusableInputException Unknown(string kind, string value, IEnumerable<string> known) =>
        new(UnknownMessage(kind, value, known));

    private protected static string UnknownMessage(string kind, string value, IEnumerable<string> known) =>
        $"Unknown {kind} '{value}'.{NearestName.Question(value, known)} Known: {string.Join(", ", known)}.";
}

/// <summary>Thrown when a request names a function that does not exist.</summary>
public sealed class UnknownFunctionException(string value)
    : UnusableInputException(UnknownMessage("function", value, FunctionList.All.Select(function => function.Id)));

/// <summary>The valid range of a setting. Both ends belong to the range.</summary>
/// <param name="Min">The smallest valid value.</param>
/// <param name="Max">The largest valid value.</param>
/// <param name="What">The unit of the value in messages, for example "timed calls per case".</param>
public sealed record Bounds<T>(T Min, T Max, string What)
    where T : INumber<T>
{
    /// <summary>Returns whether the value is within the bounds.</summary>
    public bool Holds(T value) => value >= Min && value <= Max;

    /// <summary>Returns the value if it is within the bounds.</summary>
    /// <exception cref="UnusableInputException">The value is out of bounds. The message states the valid range.</exception>
    public T Check(T value, string setting) =>
        Holds(value)
            ? value
            : throw new UnusableInputException(FormattableString.Invariant($"{setting} {value}: expected {Min} to {Max} {What}."));

    /// <summary>Parses a number in the invariant culture and checks that it is within the bounds.</summary>
    /// <exception cref="UnusableInputException">The text is not a number, or the value is out of bounds.</exception>
    public T Parse(string text, string setting) =>
        T.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out T? value)
            ? Check(value, setting)
            : throw new UnusableInputException(FormattableString.Invariant($"{setting} '{text}': expected {Min} to {Max} {What}."));
}
