using System.CommandLine;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>The command that runs the study which the user names.</summary>
internal sealed class StudiesCommand : ICommand
{
    private const string Early = "early";

    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(10);

    // Each function runs a study, and returns whether all bounds of the study are met.
    private static readonly OrderedDictionary<string, Func<TextWriter, TextWriter, CancellationToken, Task<bool>>> s_studies = new()
    {
        ["speed"] = BoundStudy.Transports.RunAsync,
        ["capnweb"] = BoundStudy.CapnWeb.RunAsync,
        ["hostile"] = HostileStudy.RunAsync,
        ["collector"] = CollectorStudy.RunAsync,
        ["time"] = TimeStudy.RunAsync,
        [Early] = EarlyStudy.RunAsync,
        ["widening"] = WideningStudy.RunAsync,
        ["passes"] = PassesStudy.RunAsync,
    };

    private readonly Argument<string> _study = new(string.Join('|', s_studies.Keys))
    {
        Description = "speed: compare the transports with what they are built on; capnweb: compare Cap'n Web with its npm package "
            + "and with raw-fetch; hostile: time the most expensive messages of a Cap'n Web peer; "
            + "collector: try settings of the garbage collector; time: show how long each part of a launch takes; "
            + "early: count wrong verdicts after one or two launches; widening: count how often a range holds another run's median, "
            + "and compute the factors by which verdicts widen a range; "
            + "passes: compute the time that passes save which end early",
    };

    private readonly Option<string?> _lines = new("--lines")
    {
        Description = "With early: writes the launches of a report as lines of artifacts/study/launches.csv, and counts nothing",
        HelpName = "REPORT.json",
    };

    public RootCommand Syntax => new("Experiments: what delegation could cost.") { _study, _lines };

    public string Examples => """
        Examples:
          dotnet run -c Release --project studies -- speed       # under 10 minutes
          dotnet run -c Release --project studies -- capnweb     # under 10 minutes; needs Node
          dotnet run -c Release --project studies -- hostile     # 1 minute
          dotnet run -c Release --project studies -- collector   # half an hour; has no bounds
          dotnet run -c Release --project studies -- time        # 1 minute; has no bounds
          dotnet run -c Release --project studies -- early       # seconds; exit code 1 where a verdict is wrong
          dotnet run -c Release --project studies -- early --lines report.json   # for artifacts/study/launches.csv
          dotnet run -c Release --project studies -- widening    # seconds; exit code 1 where verdicts use other figures
          dotnet run -c Release --project studies -- passes      # seconds; exit code 1 where early percentiles are too far off
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        string name = parsed.GetValue(_study)!;
        if (parsed.GetValue(_lines) is { } report)
        {
            return name == Early
                ? Task.FromResult(new CommandPlan((output, _, _) => WriteLinesAsync(report, output)) { ExpectedLength = TimeSpan.Zero })
                : throw new UnusableInputException($"--lines takes no part in {name}. It belongs to {Early}.");
        }

        return s_studies.TryGetValue(name, out Func<TextWriter, TextWriter, CancellationToken, Task<bool>>? run)
            ? Task.FromResult(new CommandPlan((output, error, end) => RunAsync(run, output, error, end)) { ExpectedLength = s_length })
            : throw UnusableInputException.Unknown("study", name, s_studies.Keys);
    }

    private static Task<ProgramExitCode> WriteLinesAsync(string report, TextWriter output)
    {
        EarlyStudy.WriteLines(report, output);
        return Task.FromResult(ProgramExitCode.Fine);
    }

    private static async Task<ProgramExitCode> RunAsync(
        Func<TextWriter, TextWriter, CancellationToken, Task<bool>> run, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        try
        {
            return await run(output, error, interrupted) ? ProgramExitCode.Fine : ProgramExitCode.BeyondThreshold;
        }
        catch (TurnFailedException e)
        {
            await error.WriteLineAsync($"error: {e.Message}");
            return ProgramExitCode.Failed;
        }
    }
}
