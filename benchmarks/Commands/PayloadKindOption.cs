using System.CommandLine;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The option <c>--payload-kind</c>.</summary>
internal sealed class PayloadKindOption
{
    public Option<string?> Option { get; } = new("--payload-kind")
    {
        Description = "The text in the payloads: " + string.Join("; ", PayloadKinds.All.Select(kind => kind.Describe()))
            + $". Without it: {PayloadKinds.OfRuns.Name()}, with --caller-url {PayloadKind.Letters.Name()}",
        HelpName = "KIND",
    };

    /// <summary>Returns the kind that the user gave, or null if the option is missing.</summary>
    /// <exception cref="UnusableInputException">No kind has the given name.</exception>
    public PayloadKind? Value(ParseResult parsed) =>
        parsed.GetValue(Option) is { } given ? PayloadKinds.Find(given) : null;
}
