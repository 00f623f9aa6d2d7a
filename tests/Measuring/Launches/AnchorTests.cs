using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Tests.Measuring.Launches;

public class AnchorTests
{
    [Theory]
    [InlineData("service-binding/echo/1KB", "raw-fetch/echo/1KB direct/echo/1KB service-binding/echo/100KB service-binding/echo/1KB")]
    [InlineData("service-binding/transform/1KB", "direct/echo/1KB service-binding/transform/100KB service-binding/transform/1KB")]
    [InlineData("raw-fetch/echo/1KB", "direct/echo/1KB raw-fetch/echo/1KB json-floor/-/1KB")]
    [InlineData("direct/compute/100B", "json-floor/-/1KB direct/compute/100B")]
    public void Anchor_is_the_same_case_whatever_the_order(string expected, string cases)
    {
        CaseId[] ids = [.. cases.Split(' ').Select(CaseId.Parse)];

        Assert.Equal(expected, Anchor.Choose(ids, BindingCatalog.BuiltIn).ToString());
        Assert.Equal(expected, Anchor.Choose(ids.Reverse(), BindingCatalog.BuiltIn).ToString());
    }

    [Fact]
    public void Anchor_is_due_before_the_first_case_and_after_every_eighth() =>
        Assert.Equal([0, 8, 16], Enumerable.Range(0, 20).Where(Anchor.IsDue));
}
