using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Tests.Measuring.Launches;

public class LaunchCasesTests
{
    private static readonly Matrix s_matrix = new(BindingCatalog.BuiltIn);

    [Theory]
    [InlineData("service-binding/echo/1KB", 6, "1 2 3 4 5 6")]
    [InlineData("json-floor/-/1KB", 6, "1 3 5")]
    [InlineData("raw-fetch-gzip/echo/1KB", 6, "1 2 3 5")]
    [InlineData("json-floor/-/1KB", 11, "1 3 5 7 9")]
    [InlineData("raw-fetch-gzip/echo/1KB", 3, "1 2 3")]
    [InlineData("json-floor/-/1KB", 1, "1")]
    public void Large_run_measures_references_and_remedies_less(string name, int launches, string numbers) =>
        Assert.Equal(numbers, Numbers(name, launches, s_matrix.Cases));

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(12)]
    public void Remedy_shares_the_launches_of_its_reference(int launches)
    {
        string[] ofRemedy = Numbers("messagepack-lz4/-/1KB", launches, s_matrix.Cases).Split(' ');
        string[] ofReference = Numbers("messagepack-floor/-/1KB", launches, s_matrix.Cases).Split(' ');

        Assert.Superset(ofReference.ToHashSet(), ofRemedy.ToHashSet());
        Assert.True(ofReference.Length >= 3);
    }

    [Fact]
    public void Small_run_measures_every_case_in_every_launch() =>
        Assert.Equal("1 2 3 4 5 6", Numbers("json-floor/-/1KB", 6, [CaseId.Parse("json-floor/-/1KB")]));

    private static string Numbers(string name, int launches, IReadOnlyList<CaseId> cases) => string.Join(' ', Enumerable.Range(1, launches)
        .Where(number => LaunchCases.Of(number, launches, cases, s_matrix).Contains(CaseId.Parse(name))));
}
