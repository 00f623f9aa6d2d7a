using WorkerRpc.Benchmarks.Commands;

namespace WorkerRpc.Tests.Commands;

public class ProgramNameTests
{
    [Theory]
    [InlineData("dotnet run -c Release --project benchmarks -- gate --base main", "worker-rpc-benchmarks gate --base main")]
    [InlineData("dotnet run -c Release --project benchmarks\nnext", "worker-rpc-benchmarks\nnext")]
    [InlineData("dotnet run -c Release --project studies -- early", "dotnet run -c Release --project studies -- early")]
    public void Commands_in_a_text_start_the_installed_tool(string text, string expected)
    {
        Assert.Equal(expected, ProgramName.In(text, ProgramName.OfTool));
        Assert.Equal(text, ProgramName.In(text, ProgramName.FromSources));
    }
}
