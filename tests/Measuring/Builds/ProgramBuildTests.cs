using WorkerRpc.Benchmarks.Measuring.Builds;

namespace WorkerRpc.Tests.Measuring.Builds;

public class ProgramBuildTests
{
    [Fact]
    public void Build_without_an_executable_is_run_by_dotnet()
    {
        using var folder = new TemporaryFolder();

        ProgramBuild tool = ProgramBuild.OwnIn(folder.Root);

        Assert.True(File.Exists(tool.Executable), tool.Executable);
        Assert.Equal([folder.File("WorkerRpc.Benchmarks.dll"), "measure"], tool.StartInfo("measure").ArgumentList);
    }

    [Fact]
    public void Build_with_an_executable_starts_it()
    {
        ProgramBuild build = ProgramBuild.OwnIn(AppContext.BaseDirectory);

        Assert.StartsWith(Path.Combine(AppContext.BaseDirectory, "WorkerRpc.Benchmarks"), build.Executable, StringComparison.Ordinal);
        Assert.Null(build.Assembly);
    }
}
