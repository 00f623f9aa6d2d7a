using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Commands;

namespace WorkerRpc.Tests.Measuring.Hosting;

public class RuntimeVariablesTests
{
    [Theory]
    [InlineData("DOTNET_gcServer", "1")]
    [InlineData("DOTNET_GCSERVER", "0x1")]
    [InlineData("COMPlus_gcServer", "1")]
    [InlineData("DOTNET_gcConcurrent", "0")]
    [InlineData("DOTNET_GCGen0MaxBudget", "2000000")]
    [InlineData("DOTNET_GCHeapHardLimit", "C800000")]
    [InlineData("DOTNET_GCHeapHardLimitPercent", "A")]
    [InlineData("DOTNET_GCHeapHardLimitLOH", "1000000")]
    [InlineData("DOTNET_TieredCompilation", "0")]
    [InlineData("DOTNET_TieredCompilation", "no number")]
    [InlineData("DOTNET_TieredPGO", "0")]
    [InlineData("DOTNET_TieredPGO_InstrumentOnlyHotCode", "0")]
    [InlineData("DOTNET_TC_QuickJitForLoops", "0")]
    [InlineData("DOTNET_TC_CallCountThreshold", "1E")]
    [InlineData("DOTNET_ReadyToRun", "0")]
    public void Variable_of_collector_mode_heap_or_tiers_is_refused(string name, string value)
    {
        IReadOnlyList<string> refused = RuntimeVariables.RefusedOf(new Dictionary<string, string> { ["PATH"] = "/bin", [name] = value });

        Assert.Equal([$"{name}={value}"], refused);
        string message = Assert.Throws<UnusableInputException>(() => RuntimeVariables.RequireNone(refused)).Message;
        Assert.StartsWith($"{name}={value}: set in the environment", message, StringComparison.Ordinal);
        Assert.EndsWith($"unset {name}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DOTNET_gcServer", "0")]
    [InlineData("DOTNET_gcServer", "")]
    [InlineData("DOTNET_gcConcurrent", "0x1")]
    [InlineData("DOTNET_TieredPGO", "1")]
    [InlineData("DOTNET_GCHeapHardLimit", "0")]
    [InlineData("DOTNET_GCgen0size", "4000000")]
    [InlineData("DOTNET_GCLOHThreshold", "100000")]
    [InlineData("DOTNET_ThreadPool_UnfairSemaphoreSpinLimit", "6")]
    [InlineData("DOTNET_NOLOGO", "1")]
    [InlineData("gcServer", "1")]
    public void Other_variable_or_unchanged_value_is_accepted(string name, string value) =>
        Assert.Empty(RuntimeVariables.RefusedOf(new Dictionary<string, string> { [name] = value }));

    [Theory]
    [InlineData("--profile quick --filter direct/echo/100B")]
    [InlineData("--resume")]
    public async Task Run_refuses_variables_in_one_line_before_it_measures(string arguments)
    {
        using var run = new ProgramRun(arguments, ("DOTNET_gcServer", "1"), ("DOTNET_TieredPGO", "0"));

        Assert.Equal(2, await run.EndAsync());
        string line = run.Error.Split('\n')[0];
        Assert.StartsWith("error: DOTNET_TieredPGO=0, DOTNET_gcServer=1: set in the environment", line, StringComparison.Ordinal);
        Assert.EndsWith("unset DOTNET_TieredPGO DOTNET_gcServer", line, StringComparison.Ordinal);
        Assert.Empty(run.Kept);
    }
}
