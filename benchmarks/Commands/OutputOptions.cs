using System.CommandLine;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The option <c>--artifacts</c>, which sets the folder for reports.</summary>
internal sealed class OutputOptions
{
    public Option<string?> Artifacts { get; } = new("--artifacts")
    {
        Description = "The folder below which reports go. Without it: artifacts/ of the repository",
        HelpName = "DIR",
    };

    /// <summary>The folder for reports that is used without the option.</summary>
    public static string DefaultFolder { get; } = Path.Combine(SourceState.Root, "artifacts");

    /// <exception cref="Functions.UnusableInputException">The folder cannot be written.</exception>
    public ResultsFolder Open(ParseResult parsed, string name = ResultsFolder.DefaultName) =>
        ResultsFolder.Open(Path.Combine(parsed.GetValue(Artifacts) ?? DefaultFolder, name));
}
