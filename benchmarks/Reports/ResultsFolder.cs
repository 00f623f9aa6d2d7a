using System.Globalization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Reports;

/// <summary>The folder that a run reports into.</summary>
internal sealed class ResultsFolder
{
    private ResultsFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>Where <c>measure</c> reports to: beside the launches of a run, which it leaves alone.</summary>
    public string Measure => System.IO.Path.Combine(Path, "measure");

    /// <summary>Opens the folder, and shows that it can be written before anything is measured.</summary>
    /// <exception cref="UnusableInputException">It cannot.</exception>
    public static ResultsFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path);
            string probe = System.IO.Path.Combine(path, ".probe");
            // As much as a small report: an empty file can be made on a full disk.
            File.WriteAllBytes(probe, new byte[64 * 1024]);
            File.Delete(probe);
            return new ResultsFolder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"Reports cannot be written to {path}: {e.Message} Another folder: --artifacts DIR.", e);
        }
    }

    /// <summary>Where a launch's own output goes.</summary>
    public string Launch(int number) => System.IO.Path.Combine(Path, "launches", number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Removes the launches of an earlier run, whose files would stand beside this one's.</summary>
    public void ClearLaunches()
    {
        string launches = System.IO.Path.Combine(Path, "launches");
        if (Directory.Exists(launches))
        {
            Directory.Delete(launches, recursive: true);
        }
    }
}
