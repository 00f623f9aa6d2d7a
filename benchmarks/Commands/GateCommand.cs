using System.CommandLine;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands.Gating;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Pictures;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The command <c>gate</c>. It measures whether the code in the work tree is slower than an earlier commit.</summary>
internal sealed class GateCommand : ICommand
{
    private const string Name = "gate";

    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(5);

    private readonly Option<string> _base = new("--base")
    {
        Description = "The commit, branch or tag that the work tree is held against",
        Required = true,
        HelpName = "REF",
    };

    private readonly Option<string> _pairs = new("--pairs")
    {
        Description = "Pairs of processes, and as many again where something is to be confirmed. "
            + FormattableString.Invariant($"{Gate.PairBounds.Min} to {Gate.PairBounds.Max}"),
        DefaultValueFactory = _ => FormattableString.Invariant($"{Gate.DefaultPairs}"),
        HelpName = "N",
    };

    private readonly Option<bool> _allowMeasuringChanges = new(Worktrees.AllowMeasuringChanges)
    {
        Description = "Compares although measuring code differs between the two, and says so in the report: "
            + "a change may then come from it",
    };

    private readonly SelectionOptions _selection = new();
    private readonly OutputOptions _output = new();

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand("Measures a commit and the work tree against each other, and says what the change made slower.")
            {
                _base, _pairs, _allowMeasuringChanges,
            };
            _selection.ForGate.Append(_output.Artifacts).ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => """
        Without a filter, of the core methods only echo of 1KB and 10KB.

        Examples:
          dotnet run -c Release --project benchmarks -- gate --base main
          dotnet run -c Release --project benchmarks -- gate --base origin/main --filter 'service-binding/*/1KB'
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        int pairs = Gate.PairBounds.Parse(parsed.GetValue(_pairs)!, _pairs.Name);
        int seed = _selection.Seed(parsed);
        PayloadKind kind = _selection.Kind(parsed);
        IReadOnlyList<CaseId> cases = _selection.HasFilter(parsed)
            ? _selection.Select(parsed, new Matrix(BindingCatalog.BuiltIn))
            : GateCases.Default;
        string[] names = [.. cases.Select(id => id.ToString())];
        return Task.FromResult(new CommandPlan((output, error, end) => RunAsync(parsed, names, kind, pairs, seed, output, error, end))
        {
            Cases = names,
            Launches = pairs,
            ExpectedLength = s_length,
        });
    }

    private async Task<ProgramExitCode> RunAsync(
        ParseResult parsed,
        string[] names,
        PayloadKind kind,
        int pairs,
        int seed,
        TextWriter output,
        TextWriter error,
        CancellationToken interrupted)
    {
        string baseRef = parsed.GetValue(_base)!;
        using ResultsFolder results = _output.Open(parsed, RunKind.Gate);
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        string commit;
        Comparison comparison;
        bool allowMeasuringChanges = parsed.GetValue(_allowMeasuringChanges);
        await using (Worktrees trees = await Worktrees.CreateAsync(SourceState.Root, baseRef, allowMeasuringChanges, interrupted))
        {
            commit = trees.HeadCommit;
            (ProgramBuild baseline, ProgramBuild head) = await ProgramBuild.MakeAsync(trees, error.WriteLine, interrupted);
            var gate = new Gate(new PairRunner(baseline, head).RunAsync, names, pairs, seed, error.WriteLine)
            {
                PayloadKind = "letters",
                Base = $"{baseRef} ({trees.BaseName})",
                Head = $"the work tree ({trees.HeadName})",
                Warnings = trees.Warnings,
                PayloadKind = kind,
            };
            comparison = (await gate.RunAsync(interrupted)).OfBase;
        }

        ComparisonScreen.Write(output, comparison);
        ProgramExitCode code = comparison.Outcome.ToExitCode();
        Picture? picture = null;
        string? missing = PictureFiles.FailureOf(() => picture = ChangePicture.Of(comparison, Name));
        if (missing is not null)
        {
            await output.WriteLineAsync($"No picture: {missing}.");
        }

        IReadOnlyDictionary<string, byte[]> files = ComparisonFiles.Of(comparison, Name, (int)code, picture);
        using RunFolder folder = results.Create(startedAt, commit);
        RunOutcome.Save("Reports", folder.Path, () => ReportFiles.Replace(folder.Path, files), output);
        RunOutcome.Keep(results, folder, ResultsFolder.DefaultKeep, output);
        return code;
    }
}
