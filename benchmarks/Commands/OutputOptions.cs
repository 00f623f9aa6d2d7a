using System.CommandLine;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results.Folders;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The options that say where reports go, and which runs are kept there.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string?> _name = new("--name")
    {
        Description = "A name for the run's folder. A run with a name is never deleted. With --resume: the name of the run to go on with",
        HelpName = "NAME",
    };

    private readonly Option<string?> _keep = new("--keep")
    {
        Description = "How many finished runs without a name are kept; older ones are deleted when this run has finished. "
            + FormattableString.Invariant($"{ResultsFolder.KeepBounds.Min} to {ResultsFolder.KeepBounds.Max}; ")
            + FormattableString.Invariant($"without it {ResultsFolder.DefaultKeep}"),
        HelpName = "N",
    };

    public Option<string?> Artifacts { get; } = new("--artifacts")
    {
        Description = "The folder below which reports go. Without it: artifacts/ of the repository",
        HelpName = "DIR",
    };

    /// <summary>The options of a run.</summary>
    public IEnumerable<Option> ForRun => [Artifacts, _name, _keep];

    /// <summary>The folder for reports that is used without the option.</summary>
    public static string DefaultFolder { get; } = Path.Combine(SourceState.Root, "artifacts");

    /// <summary>The name that the user gave to the run, or null.</summary>
    /// <exception cref="Functions.UnusableInputException">The name cannot be part of a folder's name.</exception>
    public string? Name(ParseResult parsed) => parsed.GetValue(_name) is { } name ? RunFolderName.RequireName(name, _name.Name) : null;

    /// <summary>The number of finished runs without a name that are kept.</summary>
    /// <exception cref="Functions.UnusableInputException">The number is out of bounds.</exception>
    public int Keep(ParseResult parsed) =>
        parsed.GetValue(_keep) is { } given ? ResultsFolder.KeepBounds.Parse(given, _keep.Name) : ResultsFolder.DefaultKeep;

    /// <summary>Checks the values of the options before a run opens its folder.</summary>
    /// <exception cref="Functions.UnusableInputException">A value is not accepted.</exception>
    public void Check(ParseResult parsed) => (_, _) = (Name(parsed), Keep(parsed));

    /// <summary>Opens the folder to which a command adds a kept run.</summary>
    /// <exception cref="Functions.UnusableInputException">The folder cannot be written.</exception>
    public ResultsFolder Open(ParseResult parsed, RunKind kind) => ResultsFolder.Open(Folder(parsed), kind);

    /// <summary>Opens the folder of a command that keeps no runs.</summary>
    /// <exception cref="Functions.UnusableInputException">The folder cannot be written.</exception>
    public LockedFolder Open(ParseResult parsed, string name) => LockedFolder.Open(Path.Combine(Folder(parsed), name));

    private string Folder(ParseResult parsed) => parsed.GetValue(Artifacts) ?? DefaultFolder;
}
