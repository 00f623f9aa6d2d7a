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

    public RootCommand Syntax => new(
        "Proves the figures and the gate's answers: calls and processes of known speed, and recorders that lie.")
    {
        _output.Artifacts,
    };

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- selftest
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        RuntimeVariables.RequireNone();
        return Task.FromResult(
            new CommandPlan((output, error, end) => RunAsync(parsed, output, error, end)) { ExpectedLength = s_length });
    }

    private async Task<ProgramExitCode> RunAsync(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        using LockedFolder folder = _output.Open(parsed, "selftest");
        folder.Empty();
        try
        {
            bool figuresHold = await CheckFiguresAsync(new Tester(folder, error, interrupted), output);
            bool ruleHolds = await CheckRuleAsync(output, error, interrupted);
            await output.WriteLineAsync((figuresHold, ruleHolds) switch
            {
                (true, true) => "Self-test passed: every figure is within 2 % of the truth or of what the hand-over can have added to it, "
                    + "every call is counted, every lie is caught, and the gate's rule finds slow processes, finds slower cases, "
                    + "and reports no change of the same code.",
                (true, false) => "Self-test failed: the gate's answers on this machine are not to be trusted.",
                _ => "Self-test failed: the figures of this program on this machine are not to be trusted.",
            });
            await output.WriteLineAsync($"Reports: {folder.Path}");
            return figuresHold && ruleHolds ? ProgramExitCode.Fine : ProgramExitCode.BeyondThreshold;
        }
        catch (SelfTestFailedException) when (interrupted.IsCancellationRequested)
        {
            return ProgramExitCode.Interrupted;
        }
        catch (SelfTestFailedException e)
        {
            await error.WriteLineAsync($"error: {e.Message}");
            return ProgramExitCode.BeyondThreshold;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException(
                $"The self-test's files cannot be kept in {folder.Path}: {e.Message} Another folder: --artifacts DIR.", e);
        }
    }

    private static async Task<bool> CheckFiguresAsync(Tester tester, TextWriter output)
    {
        RunReport honest = await tester.MeasureAsync(s_truths, Launches, sabotage: null);
        var rows = new List<IReadOnlyList<string>>();
        bool holds = true;
        foreach (TruthBinding truth in s_truths)
        {
            IReadOnlyList<Finding> findings = tester.Check(honest, truth);
            Finding[] wrong = [.. findings.Where(finding => !finding.Holds)];
            holds &= wrong.Length == 0;
            rows.Add([truth.Id, "true", Words(findings), wrong.Length == 0 ? "holds" : "DOES NOT HOLD: " + Words(wrong)]);
        }

        foreach ((RecorderFault sabotage, string what, TruthBinding truth) in s_sabotages)
        {
            IReadOnlyList<Finding> findings = tester.Check(await tester.MeasureAsync([truth], 1, sabotage), truth);
            Finding[] caught = [.. findings.Where(finding => !finding.Holds)];
            holds &= caught.Length > 0;
            rows.Add([truth.Id, what, Words(findings), caught.Length > 0 ? "caught: " + Words(caught) : "NOT CAUGHT"]);
        }

        output.WriteLine(MarkdownTable.Write(
            [("binding", false), ("recorder", false), ("reported against the truth", false), ("result", false)], rows));
        foreach (string line in ReportBasis.Lines(new RunAnalysis(honest)))
        {
            output.WriteLine(line);
        }

        return holds;
    }

    private static async Task<bool> CheckRuleAsync(TextWriter output, TextWriter error, CancellationToken interrupted)
    {
        var runner = new PairRunner(ProgramBuild.Own, ProgramBuild.Own, PayloadKinds.OfRuns);
        RuleFindings findings = await new RuleCheck(runner.RunAsync, Random.Shared.Next(), error.WriteLine).RunAsync(interrupted);
        output.WriteLine();
        output.WriteLine(MarkdownTable.Write(
            [("compared with the base", false), ("its speed", false), ("the gate's answers", false), ("result", false)],
            [.. findings.All.Select(finding => finding.Row)]));
        output.WriteLine(findings.Basis);
        return findings.Hold;
    }

    private static string Words(IEnumerable<Finding> findings) => string.Join(", ", findings);

    /// <summary>Measures methods that know the true length of their calls. Each run writes its report to a separate folder.</summary>
    private sealed class Tester(LockedFolder folder, TextWriter error, CancellationToken interrupted)
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
                error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{recorder} recorder, launch {number}/{launches}"));
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
