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
    public void What_a_launch_can_honour_is_passed_on_as_it_is(params string[] arguments) =>
        Assert.Equal(arguments, BenchmarkDotNetArguments.Check(arguments));

    [Theory]
    [InlineData("--runtimes", "--runtimes", "net10.0")]
    [InlineData("--runtimes", "-r", "net10.0")]
    [InlineData("--coreRun", "--corerun=/somewhere")]
    [InlineData("--resume", "--job", "short", "--resume")]
    public void What_a_launch_cannot_honour_is_refused_by_its_long_name_with_what_is_passed_on(string refused, params string[] arguments)
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
    public void What_nobody_knows_is_refused_by_name(string refused, params string[] arguments) =>
        Assert.Contains($"'{refused}'", Refusal(arguments), StringComparison.Ordinal);

    [Fact]
    public void A_value_that_BenchmarkDotNet_refuses_is_refused_with_its_reason()
    {
        string message = Refusal("--job", "nonsense");

        Assert.Contains("\"nonsense\"", message, StringComparison.Ordinal);
        Assert.Contains("short", message, StringComparison.Ordinal);
    }

    private static string Refusal(params string[] arguments) =>
        Assert.Throws<UnusableInputException>(() => BenchmarkDotNetArguments.Check(arguments)).Message;
}
