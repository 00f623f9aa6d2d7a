using CliWrap;
using CliWrap.Buffered;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Builds;

/// <summary>A built copy of the project.</summary>
/// <param name="Executable">The executable.</param>
internal sealed record ProgramBuild(string Executable)
{
    private const string Project = "benchmarks/Benchmarks.csproj";
    private const int ShownErrors = 5;

    private static readonly string s_executable =
        typeof(ProgramBuild).Assembly.GetName().Name! + (OperatingSystem.IsWindows() ? ".exe" : "");

    // Analyzers are off, because an old commit might fail the analyzers of a newer compiler. Build servers are disabled, because
    // they would keep running and use processor time during the measurement.
    private static readonly string[] s_arguments =
    [
        "build", Project, "-c", "Release", "-nologo", "-v", "quiet", "--disable-build-servers",
        "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false",
        "-p:GenerateDocumentationFile=false", "-p:NuGetAudit=false",
    ];

    /// <summary>The build that contains this running program.</summary>
    public static ProgramBuild Own => new(Path.Combine(AppContext.BaseDirectory, s_executable));

    /// <summary>Builds all sides of a comparison at the same time. The release is null if there is none to measure.</summary>
    /// <param name="trees">The checked-out sources of the sides.</param>
    /// <param name="progress">Receives warnings and progress.</param>
    /// <param name="interrupted">The token that kills the builds.</param>
    /// <exception cref="UnusableInputException">The build of a side fails.</exception>
    public static async Task<(ProgramBuild Base, ProgramBuild Head, ProgramBuild? Release)> MakeAsync(
        Worktrees trees, Action<string> progress, CancellationToken interrupted)
    {
        foreach (string warning in trees.Warnings)
        {
            progress("warning: " + warning);
        }

        string release = trees.Release is null ? "" : $", and release {trees.ReleaseCommit![..10]}";
        progress($"building base {trees.BaseName} and head {trees.HeadName}{release}");
        try
        {
            // Waits for all builds, even if one fails. The folders are deleted afterwards, and then no build must still write to them.
            ProgramBuild[] builds = await Task.WhenAll(
                MakeAsync(trees.Base, $"base {trees.BaseName}", interrupted),
                MakeAsync(trees.Head, $"head {trees.HeadName}", interrupted),
                trees.Release is { } folder
                    ? MakeAsync(folder, $"release {trees.ReleaseCommit![..10]}", interrupted)
                    : Task.FromResult(Own));
            return (builds[0], builds[1], trees.Release is null ? null : builds[2]);
        }
        catch (UnusableInputException)
        {
            // Ctrl+C in a terminal also stops the builds, so they fail. This line then reports an interruption instead of a build error.
            interrupted.ThrowIfCancellationRequested();
            throw;
        }
    }

    private static async Task<ProgramBuild> MakeAsync(string folder, string what, CancellationToken interrupted)
    {
        if (!File.Exists(Path.Combine(folder, Project)))
        {
            throw new UnusableInputException($"{what} has no {Project}.");
        }

        BufferedCommandResult result = await Cli.Wrap("dotnet")
            .WithArguments(s_arguments)
            .WithWorkingDirectory(folder)
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(interrupted);
        if (!result.IsSuccess)
        {
            throw new UnusableInputException($"{what} does not build: {ErrorsIn(result.StandardOutput + result.StandardError)}");
        }

        string bin = Path.Combine(folder, "benchmarks", "bin", "Release");
        return new ProgramBuild(Directory.EnumerateFiles(bin, s_executable, SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new UnusableInputException($"{what} builds no {s_executable} in {bin}."));
    }

    private static string ErrorsIn(string output)
    {
        string[] lines = [.. output.Split('\n')
            .Where(line => line.Contains("error", StringComparison.Ordinal))
            .Select(line => line.Trim())
            .Distinct()
            .Take(ShownErrors)];
        return lines.Length > 0 ? string.Join(" ", lines) : output.Trim();
    }
}
