using System.Globalization;
using System.Text.Json;
using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Results.Folders;

/// <summary>A run that is kept in its own folder.</summary>
/// <param name="Path">The absolute path of the run's folder.</param>
/// <param name="FolderName">The folder's name, which has the start time, the commit, the kind, and the name that the user gave.</param>
internal sealed record KeptRun(string Path, RunFolderName FolderName)
{
    /// <summary>The name of the file with the run's plan.</summary>
    public const string PlanFile = "run.json";

    /// <summary>The name of the empty file that a run writes when it has ended.</summary>
    public const string FinishedFile = "run.finished";

    private const string LaunchFile = "launch.json";
    private const string LaunchesFolder = "launches";

    /// <summary>
    /// Whether the run has ended by itself. A run that was interrupted or killed, or that could not write its files, is unfinished.
    /// </summary>
    public bool IsFinished => File.Exists(IoPath.Combine(Path, FinishedFile));

    /// <summary>The path of the run's report, or null if the run has not written one.</summary>
    public string? Report => IoPath.Combine(Path, RunReport.FileName) is var path && File.Exists(path) ? path : null;

    /// <summary>The path of the run's plan.</summary>
    public string Plan => IoPath.Combine(Path, PlanFile);

    /// <summary>
    /// Whether <c>--resume</c> can continue the run: the run is unfinished, or lacks a launch. An unfinished run with a damaged plan also
    /// counts, because the user should learn of the damage. The run of a caller worker has only one launch, so it never counts.
    /// </summary>
    public bool IsResumable
    {
        get
        {
            if (FolderName.Kind != RunKind.Run)
            {
                return false;
            }

            try
            {
                RunSettings run = ReadPlan().Run;
                return run.CallerUrl is null
                    && (!IsFinished || Enumerable.Range(1, run.Launches).Any(number => !File.Exists(LaunchReport(number))));
            }
            catch (UnusableInputException)
            {
                return !IsFinished;
            }
        }
    }

    /// <summary>Whether a folder has the files of one launch.</summary>
    public static bool IsLaunch(DirectoryInfo folder) => folder.Parent?.Name == LaunchesFolder;

    /// <summary>Reads the run's plan.</summary>
    /// <exception cref="UnusableInputException">The plan is missing or damaged.</exception>
    public RunPlan ReadPlan()
    {
        const string Advice = "Without --resume a new run starts.";
        try
        {
            RunPlan plan = JsonSerializer.Deserialize(File.ReadAllBytes(Plan), RunPlanJson.Default.RunPlan)
                ?? throw new UnusableInputException($"{Plan} is damaged: it holds null. {Advice}");
            return plan.Run.PayloadFile is not { IsPossible: false }
                ? plan
                : throw new UnusableInputException($"{Plan} is damaged: its payload file cannot be. {Advice}");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            string why = e is JsonException json ? InputFile.Mistake(json) + "." : e.Message;
            throw new UnusableInputException($"{Plan} is damaged: {why} {Advice}", e);
        }
    }

    /// <summary>The path of the folder with the files of one launch.</summary>
    public string Launch(int number) => IoPath.Combine(Path, LaunchesFolder, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The path of the report of a finished launch, which <c>--resume</c> reads.</summary>
    public string LaunchReport(int number) => IoPath.Combine(Launch(number), LaunchFile);
}
