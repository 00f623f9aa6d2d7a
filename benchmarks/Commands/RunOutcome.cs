using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Does the last steps of a run: shows the verdict, writes the report's files, and chooses the exit code.</summary>
internal static class RunOutcome
{
    /// <summary>Shows the verdict of a run, writes the files of its report to the run's folder, and copies them.</summary>
    /// <param name="report">The report of the run.</param>
    /// <param name="results">The folder with all runs.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="keep">The number of finished runs to keep, or null if the run is unfinished.</param>
    /// <param name="plan">The plan of the run, which names the user's assemblies.</param>
    /// <param name="output">Prints the result. The caller prints its end.</param>
    /// <exception cref="UnusableInputException">The files cannot be written. The verdict was already shown.</exception>
    public static Conclusion Publish(
        RunReport report, ResultsFolder results, RunFolder run, int? keep, RunPlan plan, VerdictOutput output)
    {
        var analysis = new RunAnalysis(report);
        var origin = new ReportOrigin(Shown(results.Path))
        {
            RunName = run.Run.FolderName.Name,
            Bindings = plan.BindingsAssembly,
            Functions = plan.FunctionsAssembly,
        };
        Publish(analysis, run.Path, origin, output);
        Keep(results, run, keep, output.Details);
        WriteHowToComplete(report, origin, output.Details);
        return Conclude(analysis, run.Path);
    }

    /// <summary>Shows the verdict of an analysed report, then writes the report's files to a folder.</summary>
    /// <param name="analysis">The analysis of the report.</param>
    /// <param name="from">The path of the report's file.</param>
    /// <param name="folder">The folder to write to, or null to write no file.</param>
    /// <param name="output">Prints the result. The caller prints its end.</param>
    /// <exception cref="UnusableInputException">The files cannot be written. The verdict was already shown.</exception>
    public static Conclusion Publish(RunAnalysis analysis, string from, string? folder, VerdictOutput output)
    {
        string source = Path.GetFullPath(from);
        ReportOrigin origin = folder is null
            ? new ReportOrigin(Path.GetDirectoryName(source)) { FileName = Path.GetFileName(source) }
            : new ReportOrigin(Shown(folder));
        Publish(analysis, folder, origin, output);
        WriteHowToComplete(analysis.Report, origin, output.Details);
        return Conclude(analysis, folder);
    }

    /// <summary>
    /// Copies the files of a run to the paths of the newest run. If the run is finished, also marks it, and deletes old runs.
    /// </summary>
    /// <param name="results">The folder with all runs.</param>
    /// <param name="run">The run's folder, which has all files.</param>
    /// <param name="keep">The number of finished runs to keep, or null if the run is unfinished.</param>
    /// <param name="output">Receives the paths of the copies and of the deleted runs.</param>
    /// <exception cref="UnusableInputException">The copies or the mark cannot be written.</exception>
    public static void Keep(ResultsFolder results, RunFolder run, int? keep, TextWriter output)
    {
        Save("Copies", results.Path, () => results.Copy(run), output);
        if (keep is not { } most)
        {
            return;
        }

        run.Finish();
        try
        {
            foreach (string deleted in results.DeleteOld(most))
            {
                output.WriteLine(FormattableString.Invariant($"Deleted, because --keep is {most}: {deleted}"));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The run itself is complete, so its exit code stays. The next run tries to delete the same folder again.
            output.WriteLine($"An old run cannot be deleted: {e.Message}");
        }
    }

    // Returns null for the default folder, because commands need not name that folder.
    private static string? Shown(string folder) =>
        folder == Path.Combine(OutputOptions.DefaultFolder, ResultsFolder.DefaultName) ? null : folder;

    private static void Publish(RunAnalysis analysis, string? folder, ReportOrigin origin, VerdictOutput output)
    {
        output.Begin(VerdictSentence.Of(analysis.Verdict));
        ScreenWriter.Write(Display.Of(output.Details), Screen.Of(analysis, NextCommand.After(analysis, origin)));
        if (folder is null)
        {
            output.Details.WriteLine($"No file is written, because git tracks {origin.Folder}. To write them elsewhere: --to DIR.");
            return;
        }

        string? missing = null;
        Save("Reports", folder, () =>
        {
            ReportFiles.WriteWithPage(analysis, folder);
            missing = ReportFiles.WritePictures(analysis, folder);
        }, output.Details);
        if (missing is not null)
        {
            output.Details.WriteLine($"No pictures: {missing}.");
        }
    }

    private static void WriteHowToComplete(RunReport report, ReportOrigin origin, TextWriter output)
    {
        if (report.EndedEarly == true && NextCommand.ToComplete(origin) is { } command)
        {
            output.WriteLine(
                FormattableString.Invariant($"Ended early, after {report.FinishedLaunches} of {report.Run.Launches} launches. ")
                + $"For the narrow intervals of all launches: {command}");
        }
    }

    /// <summary>Writes files, then prints the path of their folder.</summary>
    /// <exception cref="UnusableInputException">The files cannot be written.</exception>
    public static void Save(string what, string folder, Action write, TextWriter output)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"{what} cannot be written to {folder}: {e.Message}", e);
        }

        output.WriteLine($"{what}: {folder}");
    }

    private static Conclusion Conclude(RunAnalysis analysis, string? folder)
    {
        RunVerdict verdict = analysis.Verdict;
        return new Conclusion(
            verdict.Run is { } run ? CaseVerdict.Words(run) : "none", VerdictSentence.Of(verdict), Code(analysis))
        {
            Folder = folder,
            Failures = [.. analysis.Report.Failures],
            Cases = [.. verdict.Deciding.Select(one => (one.Case.Id.ToString(), CaseVerdict.Words(one.Viability), one.Reason))],
        };
    }

    private static ProgramExitCode Code(RunAnalysis analysis)
    {
        bool failed = analysis.Cases.Any(one => one.Failed)
            || analysis.Report.Launches.Any(launch => launch.Outcome == LaunchOutcome.Failed);
        return analysis.Report.Interrupted ? ProgramExitCode.Interrupted
            : failed ? ProgramExitCode.Failed
            : analysis.Verdict.Run switch
            {
                Viability.NotViable => ProgramExitCode.BeyondThreshold,
                Viability.NotKnown => ProgramExitCode.NotKnown,
                _ => ProgramExitCode.Fine,
            };
    }
}
