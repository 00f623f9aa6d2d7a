using System.CommandLine;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Commands.Gating;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Hosting;
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

    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(10);

    private readonly Option<string> _base = new("--base")
    {
        Description = "The commit, branch or tag that the work tree is held against",
        Required = true,
        HelpName = "REF",
    };

    private readonly Option<string?> _against = new("--against")
    {
        Description = "An older commit, such as the last release, that is measured beside the base. It shows what many small changes "
            + "add up to",
        HelpName = "REF",
    };

    private readonly Option<string> _pairs = new("--pairs")
    {
        Description = "Pairs of processes that screen the cases. Where something looks changed, more pairs confirm it. "
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
    private readonly VerdictOptions _verdict = new();

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand("Measures a commit and the work tree against each other, and says what the change made slower.")
            {
                _base, _against, _pairs, _allowMeasuringChanges,
            };
            _selection.ForGate.Append(_output.Artifacts).Concat(_verdict.All).ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => """
        Without a filter: the project's own methods and those of gRPC, every function, 1KB and 100KB.

        Examples:
          dotnet run -c Release --project benchmarks -- gate --base main
          dotnet run -c Release --project benchmarks -- gate --base origin/main --filter 'service-binding/*/1KB'
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        RuntimeVariables.RequireNone();
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
        VerdictOutput verdictOutput = _verdict.Output(parsed, output);
        TextWriter details = verdictOutput.Details;
        TextWriter progress = _verdict.Progress(parsed, error);
        string baseRef = parsed.GetValue(_base)!;
        string? against = parsed.GetValue(_against);
        using ResultsFolder results = _output.Open(parsed, RunKind.Gate);
        DateTimeOffset startedAt = DateTimeOffset.UtcNow;
        string commit;
        GateComparison compared;
        bool allowMeasuringChanges = parsed.GetValue(_allowMeasuringChanges);
        await using (Worktrees trees = await Worktrees.CreateAsync(
            SourceState.Root, baseRef, against, allowMeasuringChanges, interrupted))
        {
            commit = trees.HeadCommit;
            (ProgramBuild baseline, ProgramBuild head, ProgramBuild? release) =
                await ProgramBuild.MakeAsync(trees, progress.WriteLine, interrupted);
            var gate = new Gate(new PairRunner(baseline, head, kind, release).RunAsync, names, pairs, seed, progress.WriteLine)
            {
                Base = $"{baseRef} ({trees.BaseName})",
                Head = $"the work tree ({trees.HeadName})",
                Release = release is null ? null : $"{against} ({trees.ReleaseCommit![..10]})",
                Warnings = trees.Warnings,
                PayloadKind = kind,
            };
            compared = await gate.RunAsync(interrupted);
        }

        var files = new Dictionary<string, byte[]>();
        Conclusion conclusion = await WriteAsync(compared.OfBase, Name);
        if (compared.OfRelease is { } ofRelease)
        {
            await details.WriteLineAsync();
            Conclusion againstRelease = await WriteAsync(ofRelease, Name + "-against");
            // The verdict that decides the exit code comes first.
            conclusion = againstRelease.Code.Before(conclusion.Code) == conclusion.Code
                ? conclusion with { Sentence = $"{conclusion.Sentence} Against {against}: {againstRelease.Verdict}." }
                : againstRelease with { Sentence = $"{againstRelease.Sentence} Against {baseRef}: {conclusion.Verdict}." };
        }

        using RunFolder folder = results.Create(startedAt, commit);
        RunOutcome.Save("Reports", folder.Path, () => ReportFiles.Replace(folder.Path, files), details);
        RunOutcome.Keep(results, folder, ResultsFolder.DefaultKeep, details);
        return verdictOutput.End(conclusion with { Folder = folder.Path });

        async Task<Conclusion> WriteAsync(Comparison comparison, string name)
        {
            Conclusion ofComparison = comparison.Conclude();
            verdictOutput.Begin(ofComparison.Sentence);
            ComparisonScreen.Write(details, comparison);
            Picture? picture = null;
            if (PictureFiles.FailureOf(() => picture = ChangePicture.Of(comparison, name)) is { } missing)
            {
                await details.WriteLineAsync($"No picture: {missing}.");
            }

            foreach ((string file, byte[] content) in ComparisonFiles.Of(comparison, name, (int)ofComparison.Code, picture))
            {
                files[file] = content;
            }

            return ofComparison;
        }
    }
}
