namespace WorkerRpc.Hostile.Targets;

/// <summary>A part of the library that is attacked with inputs.</summary>
internal interface IFuzzTarget
{
    /// <summary>The inputs to begin with that are the target's own text or bytes, not recipes, by name.</summary>
    IEnumerable<KeyValuePair<string, byte[]>> Seeds { get; }

    /// <summary>Whether almost every changed byte of plain input ends the session. Then a fuzzer mutates only recipes.</summary>
    bool NeedsRecipes { get; }

    /// <summary>Runs one input: a recipe, or text or bytes.</summary>
    /// <exception cref="FuzzFailureException">The library did something that no input may cause.</exception>
    FuzzOutcome Run(byte[] input);
}

/// <summary>What an input did.</summary>
/// <param name="Lived">Whether the value was accepted, or the session was alive after the last message.</param>
/// <param name="Messages">The number of messages or values of the input.</param>
internal readonly record struct FuzzOutcome(bool Lived, int Messages);

/// <summary>The library did something that no input may cause.</summary>
/// <param name="message">What it did.</param>
/// <param name="input">The input, in the form that the replay command takes.</param>
/// <param name="cause">The unexpected exception; null if there was none.</param>
internal sealed class FuzzFailureException(string message, byte[] input, Exception? cause = null) : Exception(message, cause)
{
    public byte[] Input { get; } = input;
}

/// <summary>The targets by name.</summary>
internal static class FuzzTargets
{
    private static readonly OrderedDictionary<string, Func<IFuzzTarget>> s_targets = new()
    {
        ["codec"] = () => new CodecTarget(),
        ["batch"] = () => new BatchTarget(),
        ["session"] = () => new SessionTarget(),
        ["websocket"] = () => new WebSocketTarget(),
    };

    public static IReadOnlyList<string> Names { get; } = [.. s_targets.Keys];

    public static IFuzzTarget Create(string name) => s_targets[name]();
}
