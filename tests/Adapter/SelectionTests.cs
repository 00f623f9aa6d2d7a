using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Running;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Commands;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Adapter;

[Collection(Alone.Name)]
public class SelectionTests
{
    [Fact]
    public async Task No_filter_selects_each_core_case_once()
    {
        string[] cases = await ListAsync();

        Assert.Equal(36, cases.Length);
        Assert.Equal(cases.Distinct(), cases);
        Assert.Equal(["direct", "service-binding", "raw-fetch"], cases.Select(id => id.Split('/')[0]).Distinct());
        Assert.Equal(
            ["direct/echo/100B", "direct/echo/1KB", "direct/echo/10KB", "direct/echo/100KB", "direct/transform/100B"],
            cases.Take(5));
    }

    [Theory]
    [InlineData("direct/echo/1KB service-binding/echo/1KB", "--filter", "service-binding/echo/1KB")]
    [InlineData("direct/echo/1KB service-binding/echo/1KB", "--filter", "SERVICE-BINDING/ECHO/1kb")]
    [InlineData(
        "direct/echo/1KB direct/compute/10KB service-binding/compute/10KB raw-fetch/echo/1KB",
        "--filter", "raw-fetch/echo/1KB", "service-binding/compute/10KB")]
    [InlineData(
        "direct/echo/1KB direct/echo/10KB raw-fetch/echo/1KB raw-fetch/echo/10KB",
        "--filter", "raw-fetch/echo/1*KB", "--anyCategories", "1KB", "10KB")]
    [InlineData("direct/echo/1KB", "--filter", "direct/echo/1KB")]
    [InlineData(
        "direct/echo/1KB service-binding/echo/1KB",
        "--filter", "*.DelegationBenchmarks.Call(Binding: \"service-binding\", Function: \"echo\", Payload: \"1KB\")")]
    [InlineData(
        "direct/compute/1KB raw-fetch/compute/1KB",
        "--filter", "*Binding: \"raw-fetch\", Function: \"compute\", Payload: \"1KB\"*")]
    [InlineData("direct/echo/1KB raw-fetch/echo/1KB", "--allCategories", "raw-fetch", "Echo", "1KB")]
    [InlineData("direct/echo/1KB service-binding/echo/1KB", "--allCategories", "verdict", "1KB", "--filter", "*/echo/*")]
    [InlineData("direct/echo/1KB service-binding/echo/1KB service-binding-cached/echo/1KB", "--filter", "*cached/echo/1KB")]
    [InlineData("json-floor/-/1KB json-reflection/-/1KB", "--filter", "json-reflection/-/1KB")]
    [InlineData("direct/echo/10KB service-binding/echo/10KB service-binding-batch-100/echo/10KB", "--filter", "*batch-100/*/10*KB")]
    [InlineData("direct/echo/1KB raw-fetch/echo/1KB", "--job", "short", "--filter", "raw-fetch/echo/1KB", "--memory")]
    public async Task Filters_and_categories_select_cases_and_direct(string expected, params string[] arguments) =>
        Assert.Equal(expected.Split(' '), await ListAsync(arguments));

    [Fact]
    public async Task Remedy_category_selects_methods_with_and_without_it()
    {
        string[] cases = await ListAsync("--anyCategories", "remedy", "--allCategories", "1KB");
        string[] expected =
        [
            .. from remedy in RemedyAdvice.All
               from method in new[] { remedy.Without, remedy.With }
               select $"{method}/{remedy.Function}/1KB",
        ];

        Assert.Equal(expected.Append("direct/echo/1KB").Distinct().Order(StringComparer.Ordinal), cases.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Seed_does_not_change_the_order_of_the_list() =>
        Assert.Equal(await ListAsync("--seed", "1"), await ListAsync("--seed", "2"));

    [Fact]
    public async Task Full_name_of_a_case_equals_BenchmarkDotNets()
    {
        var id = CaseId.Parse("service-binding/transform/100KB");
        using var folder = new TemporaryFolder();
        var plan = LaunchPlan.Make(1, [id], MadeUp.Settings, bindingsAssembly: null, payloadText: null, folder.Root);
        await using var launch = new LaunchRunner(plan, _ => { });
        using IDisposable current = CurrentLaunch.Set(launch);

        BenchmarkCase one = Assert.Single(BenchmarkConverter.TypeToBenchmarks(typeof(DelegationBenchmarks)).BenchmarksCases);

        Assert.Equal(FullNameProvider.GetBenchmarkName(one), BenchmarkRun.FullName(id));
        Assert.Equal(id, BenchmarkRun.IdOf(one));
    }

    private static async Task<string[]> ListAsync(params string[] arguments)
    {
        Outcome outcome = await Outcome.OfAsync([.. arguments, "--list"]);
        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        return outcome.Output.TrimEnd().Split('\n');
    }
}
