using System.Numerics;

namespace WorkerRpc.Functions;

/// <summary>
/// Somebody gave what cannot be used. The message names what was wrong, what was given and what is accepted;
/// it becomes problem details in a worker and exit code 2 on the command line.
/// </summary>
public class UnusableInputException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Something was asked for by a name that nobody has.</summary>
    public static UnusableInputException Unknown(string kind, string given, IEnumerable<string> known) =>
        new(UnknownMessage(kind, given, known));

    private protected static string UnknownMessage(string kind, string given, IEnumerable<string> known) =>
        $"Unknown {kind} '{given}'. Known: {string.Join(", ", known)}.";
}

/// <summary>A request names a function that the runtime does not have.</summary>
public sealed class UnknownFunctionException(string given)
    : UnusableInputException(UnknownMessage("function", given, FunctionList.All.Select(function => function.Id)));

/// <summary>The values that a setting takes, inclusive on both sides.</summary>
/// <param name="Min">The least value that is accepted.</param>
/// <param name="Max">The greatest value that is accepted.</param>
/// <param name="What">What is counted, with its unit: "timed calls a case".</param>
public sealed record Bounds<T>(T Min, T Max, string What)
    where T : INumber<T>
{
    /// <summary>Whether the value is within the bounds.</summary>
    public bool Holds(T value) => value >= Min && value <= Max;

    /// <summary>Gives the value back if it is within the bounds.</summary>
    /// <exception cref="UnusableInputException">It is not; the message says what is accepted.</exception>
    public T Check(T value, string setting) =>
        Holds(value)
            ? value
            : throw new UnusableInputException(FormattableString.Invariant($"{setting} {value}: expected {Min} to {Max} {What}."));

    /// <summary>Reads a value, in the invariant culture, and checks it.</summary>
    /// <exception cref="UnusableInputException">It is no number, or not within the bounds.</exception>
    public T Parse(string text, string setting) =>
        T.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out T? value)
            ? Check(value, setting)
            : throw new UnusableInputException(FormattableString.Invariant($"{setting} '{text}': expected {Min} to {Max} {What}."));
}
