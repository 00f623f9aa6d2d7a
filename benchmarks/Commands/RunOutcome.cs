using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Presenting;
using WorkerRpc.Benchmarks.Presenting.Pictures;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The end of a run: its files, its verdict on the screen, its exit code.</summary>
internal static class RunOutcome
{
    /// <exception cref="UnusableInputException">The files cannot be written; the verdict was told.</exception>
    public static ExitCode Tell(RunReport report, string folder, TextWriter output) => Tell(new Tables(report), folder, output);

    /// <inheritdoc cref="Tell(RunReport, string, TextWriter)"/>
    public static ExitCode Tell(Tables tables, string folder, TextWriter output)
    {
        bool isDefault = folder == Path.Combine(OutputOptions.DefaultFolder, ResultsFolder.DefaultName);
        ScreenWriter.Write(Display.Of(output), Screen.Of(tables, NextCommand.After(tables, isDefault ? null : folder)));
        string? missing = null;
        Save("Reports", folder, () =>
        {
            ReportFiles.WriteWithPage(tables, folder);
            missing = PictureFiles.Write(tables, folder);
        }, output);
        if (missing is not null)
        {
            output.WriteLine($"No pictures: {missing}.");
        }

        return Code(tables);
    }

    /// <summary>Writes files, and tells where they are.</summary>
    /// <exception cref="UnusableInputException">They cannot be written.</exception>
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

    private static ExitCode Code(Tables tables) =>
        tables.Report.Interrupted ? ExitCode.Interrupted
        : tables.Rows.Any(row => row.Failed) || tables.Report.Launches.Any(launch => launch.Outcome == LaunchOutcome.Failed) ? ExitCode.Failed
        : tables.Verdicts.Run switch
        {
            Viability.NotViable => ExitCode.BeyondThreshold,
            Viability.NotKnown => ExitCode.NotKnown,
            _ => ExitCode.Fine,
        };
}
