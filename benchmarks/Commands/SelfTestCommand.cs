using System.CommandLine;
using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands.SelfTest;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// The command <c>selftest</c>. It proves that the reported figures are correct. First it measures methods that know the true length of
/// their calls, and compares the report with these lengths. Then it measures with faulty recorders, and the comparison must find each
/// fault. Last, it measures processes of known speed, and the gate's rule must give the right answers about them.
/// </summary>
internal sealed class SelfTestCommand : ICommand
{
    private const int Launches = 3;
    private static readonly TimeSpan s_length = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(60);
    private static readonly TruthBinding s_bimodal = new BimodalTruth();

    private static readonly TruthBinding[] s_truths =
        [new ConstantTruth(), new MixedTruth(), new MixedAsyncTruth(), new StallTruth(), s_bimodal];

    // The faults of a recorder. Each is tested with a method whose figures the fault changes.
    private static readonly (RecorderFault Sabotage, string What, TruthBinding Truth)[] s_sabotages =
    [
        (RecorderFault.AveragesTen, "averages ten calls", new MixedTruth()),
        (RecorderFault.DropsSlow, "drops calls over 400 µs", new MixedTruth()),
        (RecorderFault.WrongTickFactor, "takes a tick for 5 % longer", new ConstantTruth()),
        (RecorderFault.ForgetsLast, "forgets the call in flight at the limit", new StallTruth()),
    ];

    private readonly OutputOptions _output = new();
    private readonly VerdictOptions _verdict = new();

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand(
                "Proves the figures and the gate's answers: calls and processes of known speed, and recorders that lie.");
            _verdict.All.Prepend(_output.Artifacts).ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- selftest
          dotnet run -c Release --project benchmarks -- selftest --json
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        RuntimeVariables.RequireNone();
        return Task.FromResult(
            new CommandPlan((output, error, end) => RunAsync(parsed, output, error, end)) { ExpectedLength = s_length });
    }

    /// <summary>Returns the conclusion of a self-test.</summary>
    /// <param name="wrongFigures">What is wrong with the figures; empty if they are true.</param>
    /// <param name="wrongAnswers">What is wrong with the answers of the gate's rule; empty if they are right.</param>
    /// <param name="folder">The folder with the self-test's reports.</param>
    internal static Conclusion Conclude(IReadOnlyList<string> wrongFigures, IReadOnlyList<string> wrongAnswers, string folder)
    {
        (string verdict, string sentence, ProgramExitCode code) = (wrongFigures.Count, wrongAnswers.Count) switch
        {
            (0, 0) => (
                "passed",
                "Self-test passed: every figure is within 2 % of the truth or of what the hand-over can have added to it, "
                    + "every call is counted, every lie is caught, and the gate's rule finds slow processes, finds slower cases, "
                    + "and reports no change of the same code.",
                ProgramExitCode.Fine),
            (0, _) => (
                "failed", "Self-test failed: the gate's answers on this machine are not to be trusted.", ProgramExitCode.BeyondThreshold),
            _ => (
                "failed",
                "Self-test failed: the figures of this program on this machine are not to be trusted.",
                ProgramExitCode.BeyondThreshold),
        };
        return new Conclusion(verdict, sentence, code) { Folder = folder, Failures = [.. wrongFigures, .. wrongAnswers] };
    }

    /// <summary>Prints the end of a self-test, and returns the exit code.</summary>
    internal static ProgramExitCode Print(Conclusion conclusion, VerdictOutput verdict)
    {
        verdict.Begin(conclusion.Sentence);
        verdict.Details.WriteLine($"Reports: {conclusion.Folder}");
        return verdict.End(conclusion);
    }

    private async Task<ProgramExitCode> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        VerdictOutput verdict = _verdict.Output(parsed, output);
        TextWriter progress = _verdict.Progress(parsed, error);
        using LockedFolder folder = _output.Open(parsed, "selftest");
        folder.Empty();
        try
        {
            IReadOnlyList<string> wrongFigures = await CheckFiguresAsync(new Tester(folder, progress, interrupted), verdict.Details);
            IReadOnlyList<string> wrongAnswers = await CheckRuleAsync(verdict.Details, progress, interrupted);
            return Print(Conclude(wrongFigures, wrongAnswers, folder.Path), verdict);
        }
        catch (SelfTestFailedException) when (interrupted.IsCancellationRequested)
        {
            return ProgramExitCode.Interrupted;
        }
        catch (SelfTestFailedException e)
        {
            await error.WriteLineAsync($"error: {e.Message}");
            const string Sentence = "Self-test failed: it could not be completed.";
            var conclusion = new Conclusion("failed", Sentence, ProgramExitCode.BeyondThreshold);
            return Print(conclusion with { Folder = folder.Path, Failures = [e.Message] }, verdict);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException(
                $"The self-test's files cannot be kept in {folder.Path}: {e.Message} Another folder: --artifacts DIR.", e);
        }
    }

    // Returns what is wrong with the figures.
    private static async Task<IReadOnlyList<string>> CheckFiguresAsync(Tester tester, TextWriter output)
    {
        RunReport honest = await tester.MeasureAsync(s_truths, Launches, sabotage: null);
        var rows = new List<IReadOnlyList<string>>();
        var failures = new List<string>();
        foreach (TruthBinding truth in s_truths)
        {
            IReadOnlyList<Finding> findings = tester.Check(honest, truth);
            Finding[] wrong = [.. findings.Where(finding => !finding.Holds)];
            AddRow(truth, "true", findings, wrong.Length == 0, wrong.Length == 0 ? "holds" : "DOES NOT HOLD: " + Words(wrong));
        }

        foreach ((RecorderFault sabotage, string what, TruthBinding truth) in s_sabotages)
        {
            IReadOnlyList<Finding> findings = tester.Check(await tester.MeasureAsync([truth], 1, sabotage), truth);
            Finding[] caught = [.. findings.Where(finding => !finding.Holds)];
            AddRow(truth, what, findings, caught.Length > 0, caught.Length > 0 ? "caught: " + Words(caught) : "NOT CAUGHT");
        }

        output.WriteLine(MarkdownTable.Write(
            [("binding", false), ("recorder", false), ("reported against the truth", false), ("result", false)], rows));
        foreach (string line in ReportBasis.Lines(new RunAnalysis(honest)))
        {
            output.WriteLine(line);
        }

        return failures;

        void AddRow(TruthBinding truth, string recorder, IEnumerable<Finding> findings, bool holds, string result)
        {
            rows.Add([truth.Id, recorder, Words(findings), result]);
            if (!holds)
            {
                failures.Add($"{truth.Id}, {recorder}: {result}");
            }
        }
    }

    // Returns what is wrong with the answers of the gate's rule.
    private static async Task<IReadOnlyList<string>> CheckRuleAsync(
        TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        var runner = new PairRunner(ProgramBuild.Own, ProgramBuild.Own, PayloadKinds.OfRuns);
        RuleFindings findings = await new RuleCheck(runner.RunAsync, Random.Shared.Next(), progress.WriteLine).RunAsync(interrupted);
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [("compared with the base", false), ("its speed", false), ("the gate's answers", false), ("result", false)],
            [.. findings.All.Select(finding => finding.Row)]));
        output.WriteLine(findings.Basis);
        return findings.Failures;
    }

    private static string Words(IEnumerable<Finding> findings) => string.Join(", ", findings);

    /// <summary>Measures methods that know the true length of their calls. Each run writes its report to a separate folder.</summary>
    private sealed class Tester(LockedFolder folder, TextWriter progress, CancellationToken interrupted)
    {
        private static readonly string s_assembly = typeof(TruthBinding).Assembly.Location;
        private readonly Matrix _matrix = new(BindingCatalog.WithAssembly(s_assembly));
        private string _folder = "";

        public async Task<RunReport> MeasureAsync(IReadOnlyList<TruthBinding> truths, int launches, RecorderFault? sabotage)
        {
            _folder = Path.Combine(folder.Path, sabotage?.ToString() ?? "true");
            (string? commit, bool? dirty) = await SourceState.ReadAsync(interrupted);
            var settings = new RunSettings
            {
                Profile = "selftest",
                Launches = launches,
                Calls = 20_000,
                PassLimitSeconds = 2,
                Callers = [],
                Seed = Random.Shared.Next(),
                Thresholds = [],
                BenchmarkDotNetArguments = [],
                CallerUrl = null,
                PayloadFile = null,
                StartedAt = DateTimeOffset.UtcNow,
                Commit = commit,
                Dirty = dirty,
            };
            var done = new List<(LaunchRecord Record, LaunchReport Report)>();
            for (int number = 1; number <= launches; number++)
            {
                // Launches after the first measure only the bimodal method, because only this method behaves differently from launch to
                // launch.
                CaseId[] cases = [.. truths.Where(truth => number == 1 || truth.Id == s_bimodal.Id).Select(IdOf)];
                LaunchPlan plan = LaunchPlan.Make(number, cases, settings, s_assembly, payloadText: null, FolderOf(number)) with
                {
                    Sabotage = sabotage?.ToString(),
                };
                string recorder = sabotage?.ToString() ?? "true";
                progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recorder} recorder, launch {number}/{launches}"));
                done.Add(await LaunchProcess.RunAsync(plan, s_silence, (_, _) => { }, interrupted));
                if (done[^1].Report is { Outcome: not LaunchOutcome.Finished, Error: var why })
                {
                    throw new SelfTestFailedException($"launch {number} did not finish: {why}");
                }
            }

            RunReport report = RunReports.Merge(settings, _matrix, [.. truths.Select(IdOf)], done, interrupted: false);
            ReportFiles.Write(new RunAnalysis(report), _folder);
            return report;
        }

        public IReadOnlyList<Finding> Check(RunReport report, TruthBinding truth)
        {
            CaseReport one = report.Cases.Single(each => each.Method == truth.Id);
            return one.Failures.Count > 0
                ? throw new SelfTestFailedException($"{one.Id} failed: {one.Failures[0].Error}")
                : TruthCheck.Of(_folder, truth.Id, [.. one.Passes.Select(pass => FolderOf(pass.Launch))]);
        }

        private static CaseId IdOf(TruthBinding truth) => new(truth.Id, "echo", "100B");

        private string FolderOf(int launch) => Path.Combine(_folder, "launches", launch.ToString(CultureInfo.InvariantCulture));
    }
}
