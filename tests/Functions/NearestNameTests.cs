using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

public class NearestNameTests
{
    private static readonly string[] s_known =
        ["direct", "service-binding", "service-binding-cached", "raw-fetch", "echo", "1KB", "100KB", "--iterations", "--iterationTime"];

    [Theory]
    [InlineData("servicebinding", "service-binding")]
    [InlineData("Service-Binding", "service-binding")]
    [InlineData("service_bindings", "service-binding")]
    [InlineData("raw-fecth", "raw-fetch")]
    [InlineData("ehco", "echo")]
    [InlineData("2KB", "1KB")]
    [InlineData("1K", "1KB")]
    [InlineData("--iteration", "--iterations")]
    [InlineData("--iter", "--iterations")]
    [InlineData("serv", "service-binding")]
    [InlineData("nonsense", null)]
    [InlineData("grpc", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void Mistyped_name_finds_the_nearest_known_one(string given, string? expected) =>
        Assert.Equal(expected, NearestName.Of(given, s_known));

    [Fact]
    public void Unknown_name_is_refused_with_the_nearest_and_all_known_ones() => Assert.Equal(
        "Unknown method 'dirct'. Did you mean 'direct'? Known: direct, raw-fetch.",
        UnusableInputException.Unknown("method", "dirct", ["direct", "raw-fetch"]).Message);
}
