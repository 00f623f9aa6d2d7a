using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The one command that is worth typing after a run: what fails, what is not known, what is too dear, else the page.</summary>
internal static class NextCommand
{
    /// <summary>How the program is started, as its help has it.</summary>
    public const string Program = "dotnet run -c Release --project benchmarks";

    /// <summary>What to type after a run.</summary>
    /// <param name="analysis">What it measured.</param>
    /// <param name="folder">Where its files are; null where a run leaves them by itself.</param>
    public static string After(RunAnalysis analysis, string? folder) => $"{Program} -- {Arguments(analysis, folder)}";

    private static string Arguments(RunAnalysis analysis, string? folder)
    {
        RunReport report = analysis.Report;
        string open = folder is null ? "report --open" : $"report --from {Quoted(Path.Combine(folder, RunReport.FileName))} --open";
        // What a caller worker offers, and a file of the user's, would have to be given again.
        if (report.Run.CallerUrl is not null || report.Run.PayloadFile is not null)
        {
            return open;
        }

        return report.Interrupted && Resume(folder) is { } resume ? resume
            : analysis.Cases.FirstOrDefault(one => one.Failed) is { } failed && Again(failed, "quick") is { } again ? again
            : analysis.Verdict.Run == Viability.NotViable && analysis.Remedies.Count == 0 ? Remedy.HowToMeasure
            : NotKnown(analysis) is { } known ? known
            : open;
    }

    // Of a report that was moved elsewhere no run can go on.
    private static string? Resume(string? folder) =>
        folder is null ? "--resume"
        : Path.GetFileName(folder) == ResultsFolder.DefaultName ? $"--resume --artifacts {Quoted(Path.GetDirectoryName(folder)!)}"
        : null;

    // More launches or calls decide what straddles a limit, or lacks a quantile.
    private static string? NotKnown(RunAnalysis analysis)
    {
        CaseVerdict? open = analysis.Verdict.Run == Viability.NotKnown ? analysis.Verdict.Deciding.First(cell => cell.Viability == Viability.NotKnown) : null;
        int finished = analysis.Report.Launches.Count(launch => launch.Outcome == LaunchOutcome.Finished);
        return open is null ? null : Again(open.Case, finished < Figure.LaunchesForRange || analysis.Report.Run.Profile != "standard" ? "standard" : "full");
    }

    // A method of somebody's assembly would need that too, and its name might be more than a name to a shell.
    private static string? Again(CaseSummary one, string profile) =>
        BindingCatalog.BuiltIn.All.Any(binding => binding.Id == one.Id.Method) && IsPlain(one.Id.ToString()) ? $"--profile {profile} --filter {one.Id}" : null;

    private static bool IsPlain(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.');

    private static string Quoted(string path) => IsPlain(path) ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
