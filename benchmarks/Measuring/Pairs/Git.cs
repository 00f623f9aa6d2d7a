using System.ComponentModel;
using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>What git answered.</summary>
/// <param name="Succeeded">Whether its exit code was 0.</param>
/// <param name="Output">Its standard output, without the white space around it.</param>
/// <param name="Error">Its standard error, likewise.</param>
internal sealed record GitAnswer(bool Succeeded, string Output, string Error);

/// <summary>Asks git.</summary>
internal static class Git
{
    /// <summary>Runs a git command to its end.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="arguments">What, each argument by itself.</param>
    /// <returns>Its answer; where there is no git on this machine, a failure that says so.</returns>
    public static GitAnswer Run(string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // It would ask for a name before it makes even a commit that nobody keeps, and its messages are looked at.
        foreach (string who in new[] { "GIT_AUTHOR", "GIT_COMMITTER" })
        {
            start.Environment[who + "_NAME"] = "WorkerRpc.Benchmarks";
            start.Environment[who + "_EMAIL"] = "benchmarks@localhost";
        }

        start.Environment["LC_ALL"] = "C";
        try
        {
            using Process git = Process.Start(start)!;
            var error = new StringWriter();
            git.ErrorDataReceived += (_, line) => error.WriteLine(line.Data);
            git.BeginErrorReadLine();
            string output = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return new GitAnswer(git.ExitCode == 0, output, error.ToString().Trim());
        }
        catch (Win32Exception)
        {
            return new GitAnswer(false, "", "there is no git on this machine");
        }
    }
}
