using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The one command that is worth typing after a run: what fails, what is not known, what is too dear, else the page.</summary>
internal static class NextCommand
{
    /// <summary>How the program is started, as its help has it.</summary>
    public const string Program = "dotnet run -c Release --project benchmarks";

    /// <summary>What to type after a run.</summary>
    /// <param name="tables">What it measured.</param>
    /// <param name="folder">Where its files are; null where a run leaves them by itself.</param>
    public static string After(Tables tables, string? folder) => $"{Program} -- {Arguments(tables, folder)}";

    private static string Arguments(Tables tables, string? folder)
    {
        RunReport report = tables.Report;
        string open = folder is null ? "report --open" : $"report --from {Quoted(Path.Combine(folder, RunReport.FileName))} --open";
        // What a caller worker offers, and a file of the user's, would have to be given again.
        if (report.Run.CallerUrl is not null || report.Run.PayloadFile is not null)
        {
            return open;
        }

        return report.Interrupted && Resume(folder) is { } resume ? resume
            : tables.Rows.FirstOrDefault(row => row.Failed) is { } failed && Again(failed, "quick") is { } again ? again
            : tables.Verdicts.Run == Viability.NotViable && tables.Remedies.Count == 0 ? Remedy.HowToMeasure
            : NotKnown(tables) is { } known ? known
            : open;
    }

    // Of a report that was moved elsewhere no run can go on.
    private static string? Resume(string? folder) =>
        folder is null ? "--resume"
        : Path.GetFileName(folder) == ResultsFolder.DefaultName ? $"--resume --artifacts {Quoted(Path.GetDirectoryName(folder)!)}"
        : null;

    // More launches or calls decide what straddles a limit, or lacks a quantile.
    private static string? NotKnown(Tables tables)
    {
        CellVerdict? open = tables.Verdicts.Run == Viability.NotKnown ? tables.Verdicts.Deciding.First(cell => cell.Viability == Viability.NotKnown) : null;
        int finished = tables.Report.Launches.Count(launch => launch.Outcome == LaunchOutcome.Finished);
        return open is null ? null : Again(open.Row, finished < Figure.LaunchesForRange || tables.Report.Run.Profile != "standard" ? "standard" : "full");
    }

    // A method of somebody's assembly would need that too, and its name might be more than a name to a shell.
    private static string? Again(CaseRow row, string profile) =>
        BindingCatalog.BuiltIn.All.Any(binding => binding.Id == row.Id.Method) && IsPlain(row.Id.ToString()) ? $"--profile {profile} --filter {row.Id}" : null;

    private static bool IsPlain(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.');

    private static string Quoted(string path) => IsPlain(path) ? path : $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
