using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring.Builds;

namespace WorkerRpc.Tests.Docs;

/// <summary>A copy of the repository's files in a temporary folder, with the program built. The first command creates the copy.</summary>
public sealed class RepositoryCopy : IDisposable
{
    private const string Build = "dotnet build -c Release benchmarks";

    private readonly TemporaryFolder _folder = new();
    private bool _made;

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a command line in a shell in the copy's folder.</summary>
    /// <returns>The exit code and all output.</returns>
    internal async Task<(int Code, string Output)> RunAsync(string line, CancellationToken cancellation)
    {
        await MakeAsync(cancellation);
        return await ShellAsync(line, cancellation);
    }

    /// <summary>Starts a command line that runs until the test kills it, such as a server.</summary>
    internal async Task<Process> StartAsync(string line, CancellationToken cancellation)
    {
        await MakeAsync(cancellation);
        return Process.Start(Shell($"exec {line} > /dev/null 2>&1"))!;
    }

    private async Task MakeAsync(CancellationToken cancellation)
    {
        if (_made)
        {
            return;
        }

        string list = $"git -C '{SourceState.Root}' ls-files --cached --others --exclude-standard";
        (int code, string files) = await ShellAsync(list, cancellation);
        Assert.True(code == 0, files);
        foreach (string file in files.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string from = Path.Combine(SourceState.Root, file);
            string to = _folder.File(file);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            // Git still lists a deleted file until the deletion is committed.
            if (File.Exists(from))
            {
                File.Copy(from, to, overwrite: true);
            }
        }

        ReaderFiles.MakeIn(_folder.Root);
        (code, string output) = await ShellAsync(Build, cancellation);
        Assert.True(code == 0, output);
        _made = true;
    }

    private async Task<(int Code, string Output)> ShellAsync(string line, CancellationToken cancellation)
    {
        // Redirects to a file, because compiler servers outlive the build and would keep a pipe open.
        string output = Path.GetTempFileName();
        using Process shell = Process.Start(Shell($"{{ {line}\n}} > '{output}' 2>&1"))!;
        try
        {
            await shell.WaitForExitAsync(cancellation);
            return (shell.ExitCode, await File.ReadAllTextAsync(output, cancellation));
        }
        finally
        {
            if (!shell.HasExited)
            {
                shell.Kill(entireProcessTree: true);
            }

            File.Delete(output);
        }
    }

    private ProcessStartInfo Shell(string line) => new("bash", ["-o", "pipefail", "-c", line]) { WorkingDirectory = _folder.Root };
}
