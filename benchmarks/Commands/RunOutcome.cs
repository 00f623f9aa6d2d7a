using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Does the last steps of a run: shows the verdict, writes the report's files, and chooses the exit code.</summary>
internal static class RunOutcome
{
    /// <summary>Shows the verdict of a report, then writes the report's files to a folder.</summary>
    /// <exception cref="UnusableInputException">The files cannot be written. The verdict was already shown.</exception>
    public static ProgramExitCode Publish(RunReport report, string folder, TextWriter output) =>
        Publish(new RunAnalysis(report), folder, output);

    /// <summary>Shows the verdict of an analysed report, then writes the report's files to a folder.</summary>
    /// <exception cref="UnusableInputException">The files cannot be written. The verdict was already shown.</exception>
    public static ProgramExitCode Publish(RunAnalysis analysis, string folder, TextWriter output)
    {
        string? shownFolder = folder == Path.Combine(OutputOptions.DefaultFolder, ResultsFolder.DefaultName) ? null : folder;
        ScreenWriter.Write(Display.Of(output), Screen.Of(analysis, NextCommand.After(analysis, shownFolder)));
        string? missing = null;
        Save("Reports", folder, () =>
        {
            ReportFiles.WriteWithPage(analysis, folder);
            missing = ReportFiles.WritePictures(analysis, folder);
        }, output);
        if (missing is not null)
        {
            output.WriteLine($"No pictures: {missing}.");
        }

        RunReport report = analysis.Report;
        if (report.EndedEarly == true && NextCommand.ToComplete(shownFolder) is { } complete)
        {
            output.WriteLine(
                FormattableString.Invariant($"Ended early, after {report.FinishedLaunches} of {report.Run.Launches} launches. ")
                + $"For the narrow intervals of all launches: {complete}");
        }

        return Code(analysis);
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
