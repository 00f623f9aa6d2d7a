using System.CommandLine;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>The command that runs the study which the user names.</summary>
internal sealed class StudiesCommand : ICommand
{
    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(10);

    // Each function runs a study, and returns whether all bounds of the study are met.
    private static readonly OrderedDictionary<string, Func<TextWriter, TextWriter, CancellationToken, Task<bool>>> s_studies = new()
    {
        ["speed"] = BoundStudy.Transports.RunAsync,
        ["capnweb"] = BoundStudy.CapnWeb.RunAsync,
        ["collector"] = CollectorStudy.RunAsync,
        ["time"] = TimeStudy.RunAsync,
    };

    private readonly Argument<string> _study = new(string.Join('|', s_studies.Keys))
    {
        Description = "speed: compare the transports with what they are built on; capnweb: compare Cap'n Web with its npm package "
            + "and with raw-fetch; collector: try settings of the garbage collector; time: show how long each part of a launch takes",
    };

    public RootCommand Syntax => new("Experiments: what delegation could cost.") { _study };

    public string Examples => """
        Examples:
          dotnet run -c Release --project studies -- speed       # under 10 minutes
          dotnet run -c Release --project studies -- capnweb     # under 10 minutes; needs Node
          dotnet run -c Release --project studies -- collector   # half an hour; has no bounds
          dotnet run -c Release --project studies -- time        # 1 minute; has no bounds
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        string name = parsed.GetValue(_study)!;
        return s_studies.TryGetValue(name, out Func<TextWriter, TextWriter, CancellationToken, Task<bool>>? run)
            ? Task.FromResult(new CommandPlan((output, error, end) => RunAsync(run, output, error, end)) { ExpectedLength = s_length })
            : throw UnusableInputException.Unknown("study", name, s_studies.Keys);
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
