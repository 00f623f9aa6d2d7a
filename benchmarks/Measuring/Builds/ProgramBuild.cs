using System.Diagnostics;
using System.Runtime.InteropServices;
using CliWrap;
using CliWrap.Buffered;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Builds;

/// <summary>A built copy of the project.</summary>
/// <param name="Executable">The executable. For a build without its own executable, it is <c>dotnet</c>.</param>
internal sealed record ProgramBuild(string Executable)
{
    private const string Project = "benchmarks/Benchmarks.csproj";
    private const int ShownErrors = 5;

    private static readonly string s_name = typeof(ProgramBuild).Assembly.GetName().Name!;
    private static readonly string s_assembly = s_name + ".dll";
    private static readonly string s_extension = OperatingSystem.IsWindows() ? ".exe" : "";
    private static readonly string s_executable = s_name + s_extension;

    // Analyzers are off, because an old commit might fail the analyzers of a newer compiler. Build servers are disabled, because
    // they would keep running and use processor time during the measurement.
    private static readonly string[] s_arguments =
    [
        "build", Project, "-c", "Release", "-nologo", "-v", "quiet", "--disable-build-servers",
        "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false",
        "-p:GenerateDocumentationFile=false", "-p:NuGetAudit=false",
    ];

    /// <summary>The build that contains this running program.</summary>
    public static ProgramBuild Own { get; } = OwnIn(AppContext.BaseDirectory);

    /// <summary>The assembly that <c>dotnet</c> runs. Null for a build with its own executable.</summary>
    public string? Assembly { get; private init; }

    /// <summary>The build in a folder. A package of a .NET tool has no executable, so its assembly is run by <c>dotnet</c>.</summary>
    internal static ProgramBuild OwnIn(string folder)
    {
        string executable = Path.Combine(folder, s_executable);
        // The folder of the running .NET is dotnet/shared/Microsoft.NETCore.App/VERSION/.
        string dotnet = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));
        return File.Exists(executable)
            ? new ProgramBuild(executable)
            : new ProgramBuild(dotnet + s_extension) { Assembly = Path.Combine(folder, s_assembly) };
    }

    /// <summary>Describes how the build is started, with redirected streams.</summary>
    /// <param name="arguments">The arguments of the program.</param>
    public ProcessStartInfo StartInfo(params IEnumerable<string> arguments) =>
        new(Executable, Assembly is null ? arguments : arguments.Prepend(Assembly))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

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
