using System.Diagnostics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>A copy of the project, built.</summary>
/// <param name="Program">The executable.</param>
internal sealed record Build(string Program)
{
    /// <summary>This program.</summary>
    public static Build Own => new(Path.Combine(AppContext.BaseDirectory, typeof(Build).Assembly.GetName().Name! + (OperatingSystem.IsWindows() ? ".exe" : "")));

    private const string Project = "benchmarks/Benchmarks.csproj";
    private const int ShownErrors = 5;

    // What checks the sources was up to whoever committed them, and an old commit may not pass a newer compiler's
    // checks; no server stays behind that would run beside the measurement.
    private static readonly string[] s_arguments =
    [
        "build", Project, "-c", "Release", "-nologo", "-v", "quiet", "--disable-build-servers",
        "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:EnforceCodeStyleInBuild=false", "-p:GenerateDocumentationFile=false", "-p:NuGetAudit=false",
    ];

    /// <summary>Builds both sides of a comparison at the same time.</summary>
    /// <param name="trees">The sides.</param>
    /// <param name="told">Told what goes on.</param>
    /// <param name="interrupted">Ends it.</param>
    /// <exception cref="UnusableInputException">A side does not build.</exception>
    public static async Task<(Build Base, Build Head)> MakeAsync(Worktrees trees, Action<string> told, CancellationToken interrupted)
    {
        foreach (string warning in trees.Warnings)
        {
            told("warning: " + warning);
        }

        told($"building base {trees.BaseName} and head {trees.HeadName}");
        try
        {
            // Each ends by itself, whatever becomes of the other: nothing may still be written when the folders go.
            Build[] builds = await Task.WhenAll(
                MakeAsync(trees.Base, $"base {trees.BaseName}", interrupted), MakeAsync(trees.Head, $"head {trees.HeadName}", interrupted));
            return (builds[0], builds[1]);
        }
        catch (UnusableInputException)
        {
            // A terminal interrupts the builds too, and they failed of that.
            interrupted.ThrowIfCancellationRequested();
            throw;
        }
    }

    private static async Task<Build> MakeAsync(string folder, string what, CancellationToken interrupted)
    {
        if (!File.Exists(Path.Combine(folder, Project)))
        {
            throw new UnusableInputException($"{what} has no {Project}.");
        }

        using Process process = Process.Start(new ProcessStartInfo("dotnet", s_arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            Task<string> errors = process.StandardError.ReadToEndAsync(interrupted);
            string output = await process.StandardOutput.ReadToEndAsync(interrupted) + await errors;
            await process.WaitForExitAsync(interrupted);
            if (process.ExitCode != 0)
            {
                string[] lines = [.. output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct().Take(ShownErrors)];
                throw new UnusableInputException($"{what} does not build: {string.Join(" ", lines.Length > 0 ? lines : [output.Trim()])}");
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        string name = typeof(Build).Assembly.GetName().Name! + (OperatingSystem.IsWindows() ? ".exe" : "");
        string bin = Path.Combine(folder, "benchmarks", "bin", "Release");
        return new Build(Directory.EnumerateFiles(bin, name, SearchOption.AllDirectories).FirstOrDefault()
            ?? throw new UnusableInputException($"{what} builds no {name} in {bin}."));
    }
}
