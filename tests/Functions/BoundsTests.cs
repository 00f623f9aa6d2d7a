using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

public class BoundsTests
{
    private static readonly Bounds<int> s_calls = new(1, 10_000, "timed calls");
    private static readonly Bounds<double> s_seconds = new(0.5, 3600, "seconds");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10_000)]
    public void Value_within_the_bounds_is_returned(int value)
    {
        Assert.Equal(value, s_calls.Check(value, "iterations"));
        Assert.Equal(value, s_calls.Parse($"{value}", "iterations"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void Value_out_of_bounds_fails_with_setting_and_bounds(int value)
    {
        string expected = $"iterations {value}: expected 1 to 10000 timed calls.";

        Assert.Equal(expected, Assert.Throws<UnusableInputException>(() => s_calls.Check(value, "iterations")).Message);
        Assert.Equal(expected, Assert.Throws<UnusableInputException>(() => s_calls.Parse($"{value}", "iterations")).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ten")]
    [InlineData("1.5")]
    [InlineData("1,000")]
    [InlineData("99999999999999999999")]
    public void Text_that_is_no_number_fails_with_the_text(string text)
    {
        string message = Assert.Throws<UnusableInputException>(() => s_calls.Parse(text, "iterations")).Message;

        Assert.Equal($"iterations '{text}': expected 1 to 10000 timed calls.", message);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0.499)]
    public void NaN_infinity_and_too_small_numbers_are_refused(double value)
    {
        string message = Assert.Throws<UnusableInputException>(() => s_seconds.Check(value, "TIMEOUT")).Message;

        Assert.EndsWith(": expected 0.5 to 3600 seconds.", message, StringComparison.Ordinal);
    }
}
