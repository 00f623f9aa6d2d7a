using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Suggests the command to type after a run. The suggestion depends on the run's outcome.</summary>
internal static class NextCommand
{
    /// <summary>The start of the command line, as the help shows it.</summary>
    public const string Program = "dotnet run -c Release --project benchmarks";

    /// <summary>Returns the command line to type after a run.</summary>
    /// <param name="analysis">The analysis of the run's report.</param>
    /// <param name="folder">The folder of the report, or null for the default folder.</param>
    /// <param name="runName">The name that the user gave to the run, or null.</param>
    public static string After(RunAnalysis analysis, string? folder, string? runName = null) =>
        $"{Program} -- {Arguments(analysis, folder, runName)}";

    /// <summary>
    /// Returns the command line that measures the remaining launches of a run. Returns null if the run cannot be resumed, because the user
    /// moved its report.
    /// </summary>
    /// <param name="folder">The folder of the report, or null for the default folder.</param>
    /// <param name="runName">The name that the user gave to the run, or null.</param>
    public static string? ToComplete(string? folder, string? runName) =>
        Resume(folder, runName) is { } resume ? $"{Program} -- {resume}" : null;

    private static string Arguments(RunAnalysis analysis, string? folder, string? runName)
    {
        RunReport report = analysis.Report;
        string open = folder is null ? "report --open" : $"report --from {Quoted(Path.Combine(folder, RunReport.FileName))} --open";
        // Suggests only the page of the report. A new run would need the caller worker's address or the payload file's path.
        if (report.Run.CallerUrl is not null || report.Run.PayloadFile is not null)
        {
            return open;
        }

        // A new run has the same payload kind, which need not be the default.
        string kind = report.Run.PayloadKind == PayloadKinds.OfRuns ? "" : $" --payload-kind {report.Run.PayloadKind.Name()}";
        return report.Interrupted && Resume(folder, runName) is { } resume ? resume
            : analysis.Cases.FirstOrDefault(one => one.Failed) is { } failed && MeasureAgain(failed, "quick") is { } again ? again + kind
            : analysis.Verdict.Run == Viability.NotViable && analysis.Remedies.Count == 0 ? RemedyAdvice.HowToMeasure + kind
            : NotKnown(analysis) is { } known ? known + kind
            : open;
    }

    // Returns null if the report is not in a folder in which a run can be resumed, because the user moved it.
    private static string? Resume(string? folder, string? runName)
    {
        string resume = runName is null ? "--resume" : $"--resume --name {runName}";
        return folder is null ? resume
            : Path.GetFileName(folder) == ResultsFolder.DefaultName ? $"{resume} --artifacts {Quoted(Path.GetDirectoryName(folder)!)}"
            : null;
    }

    // Suggests more launches and calls. They make intervals narrower, and give quantiles for which there were too few calls.
    private static string? NotKnown(RunAnalysis analysis)
    {
        CaseVerdict? undecided = analysis.Verdict.Run == Viability.NotKnown
            ? analysis.Verdict.Deciding.First(verdict => verdict.Viability == Viability.NotKnown)
            : null;
        RunReport report = analysis.Report;
        string profile = report.FinishedLaunches < Widening.MaxLaunches || report.Run.Profile != "standard" ? "standard" : "full";
        return undecided is null ? null : MeasureAgain(undecided.Case, profile);
    }

    // Returns null for a method of the user's own assembly (--bindings), because the command would need the assembly too. Also returns
    // null if a shell would expand characters of the case's name.
    private static string? MeasureAgain(CaseSummary one, string profile) =>
        BindingCatalog.BuiltIn.All.Any(binding => binding.Id == one.Id.Method) && IsPlain(one.Id.ToString())
            ? $"--profile {profile} --filter {one.Id}"
            : null;

    private static bool IsPlain(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.');

    private static string Quoted(string path) => IsPlain(path) ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
