using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

public class BoundsTests
{
    private static readonly Bounds<int> Calls = new(1, 10_000, "timed calls");
    private static readonly Bounds<double> Seconds = new(0.5, 3600, "seconds");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10_000)]
    public void A_value_within_or_at_the_bounds_is_given_back(int value)
    {
        Assert.Equal(value, Calls.Check(value, "iterations"));
        Assert.Equal(value, Calls.Parse($"{value}", "iterations"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void A_value_beyond_the_bounds_is_an_error_that_names_setting_value_and_bounds(int value)
    {
        string expected = $"iterations {value}: expected 1 to 10000 timed calls.";

        Assert.Equal(expected, Assert.Throws<UnusableInputException>(() => Calls.Check(value, "iterations")).Message);
        Assert.Equal(expected, Assert.Throws<UnusableInputException>(() => Calls.Parse($"{value}", "iterations")).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ten")]
    [InlineData("1.5")]
    [InlineData("1,000")]
    [InlineData("99999999999999999999")]
    public void What_is_no_number_is_an_error_that_quotes_it(string text)
    {
        string message = Assert.Throws<UnusableInputException>(() => Calls.Parse(text, "iterations")).Message;

        Assert.Equal($"iterations '{text}': expected 1 to 10000 timed calls.", message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0.499)]
    public void A_number_that_is_none_is_not_within_any_bounds(double value)
    {
        string message = Assert.Throws<UnusableInputException>(() => Seconds.Check(value, "TIMEOUT")).Message;

        Assert.EndsWith(": expected 0.5 to 3600 seconds.", message, StringComparison.Ordinal);
    }
}
