using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Adapter;

public class BenchmarkDotNetArgumentsTests
{
    [Theory]
    [InlineData]
    [InlineData("--job", "short")]
    [InlineData("-j", "Dry")]
    [InlineData("--exporters", "json", "csv", "--memory")]
    [InlineData("--iterationCount", "3", "--JOB", "short")]
    public void Supported_options_are_passed_on_unchanged(params string[] arguments) =>
        Assert.Equal(arguments, ForwardedArguments.Check(arguments));

    [Theory]
    [InlineData("--runtimes", "--runtimes", "net10.0")]
    [InlineData("--runtimes", "-r", "net10.0")]
    [InlineData("--coreRun", "--corerun=/somewhere")]
    [InlineData("--resume", "--job", "short", "--resume")]
    public void Unsupported_option_is_refused_with_the_supported_ones(string refused, params string[] arguments)
    {
        string message = Refusal(arguments);

        Assert.StartsWith(refused + " ", message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("--iterationCount", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--frobnicate", "--frobnicate")]
    [InlineData("-Q", "-Q", "3")]
    [InlineData("--frobnicate=3", "--job", "short", "--frobnicate=3")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("report", "report", "--job", "short")]
    public void Unknown_argument_is_refused_by_name(string refused, params string[] arguments) =>
        Assert.Contains($"'{refused}'", Refusal(arguments), StringComparison.Ordinal);

    [Fact]
    public void Invalid_value_is_refused_with_BenchmarkDotNets_reason()
    {
        string message = Refusal("--job", "nonsense");

        Assert.Contains("\"nonsense\"", message, StringComparison.Ordinal);
        Assert.Contains("short", message, StringComparison.Ordinal);
    }

    private static string Refusal(params string[] arguments) =>
        Assert.Throws<UnusableInputException>(() => ForwardedArguments.Check(arguments)).Message;
}
