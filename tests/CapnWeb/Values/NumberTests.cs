using System.Globalization;
using System.Numerics;
using FsCheck.Xunit;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Numbers are printed like ECMAScript's Number::toString. Examples are from ECMA-262, test262 and RFC 8785.</summary>
public class NumberTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1e21, "1e+21")]
    [InlineData(-1e21, "-1e+21")]
    [InlineData(999999999999999900000.0, "999999999999999900000")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1.5e300, "1.5e+300")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(1.25e-6, "0.00000125")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(-1.5e-7, "-1.5e-7")]
    [InlineData(0.1, "0.1")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(2.2250738585072014e-308, "2.2250738585072014e-308")]
    [InlineData(9007199254740991.0, "9007199254740991")]
    [InlineData(9007199254740992.0, "9007199254740992")]
    [InlineData(295147905179352830000.0, "295147905179352830000")]
    [InlineData(9.999999999999997e22, "9.999999999999997e+22")]
    [InlineData(1e23, "1e+23")]
    [InlineData(0.000001234567890123456, "0.000001234567890123456")]
    [InlineData(333333333.33333329, "333333333.3333333")]
    [InlineData(4.50, "4.5")]
    [InlineData(2e-3, "0.002")]
    [InlineData(1e-27, "1e-27")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(double.PositiveInfinity, """["inf"]""")]
    [InlineData(double.NegativeInfinity, """["-inf"]""")]
    [InlineData(double.NaN, """["nan"]""")]
    public void Double_is_printed_like_ECMAScript(double number, string text)
    {
        Assert.Equal(text, WireText.Write(number));
        Assert.Equal(number, WireText.Read<double>(text));
    }

    [Theory]
    [InlineData(0.1f, "0.1")]
    [InlineData(16777216f, "16777216")]
    [InlineData(1e-7f, "1e-7")]
    [InlineData(3.4028235e38f, "3.4028234663852886e+38")]
    [InlineData(float.NaN, """["nan"]""")]
    public void Float_is_printed_with_the_digits_of_a_float(float number, string text)
    {
        Assert.Equal(text, WireText.Write(number));
        Assert.Equal(number, WireText.Read<float>(text));
    }

    [Fact]
    public void Integer_beyond_2_to_the_53_is_a_bigint()
    {
        Check(9007199254740991, "9007199254740991");
        Check(-9007199254740991, "-9007199254740991");
        Check(-9007199254740992, """["bigint","-9007199254740992"]""");
        Check(long.MinValue, """["bigint","-9223372036854775808"]""");
        Check(Int128.MinValue, """["bigint","-170141183460469231731687303715884105728"]""");
        Check(UInt128.MaxValue, """["bigint","340282366920938463463374607431768211455"]""");
        Assert.Equal(255, WireText.Read<long>("""["bigint"," 0xfF "]"""));
        Assert.Equal(15, WireText.Read<BigInteger>("""["bigint","0o17"]"""));
        Assert.Throws<RpcValueException>(() => WireText.Read<long>("""["bigint","9223372036854775808"]"""));
        Assert.Throws<RpcValueException>(() => WireText.Read<ulong>("-1"));
        Assert.Throws<RpcValueException>(() => WireText.Read<long>("1.5"));

        static void Check<T>(T number, string text)
        {
            Assert.Equal(text, WireText.Write(number));
            Assert.Equal(number, WireText.Read<T>(text));
        }
    }

    [Property(MaxTest = 2000)]
    public void Any_double_survives_a_round_trip(long bits)
    {
        double number = BitConverter.Int64BitsToDouble(bits);

        string text = WireText.Write(number);

        Assert.Equal(number, WireText.Read<double>(text));
        if (double.IsFinite(number) && number != 0)
        {
            double magnitude = Math.Abs(number);
            Assert.Equal(magnitude is >= 1e21 or < 1e-6, text.Contains('e', StringComparison.Ordinal));
            Assert.Equal(number, double.Parse(text, CultureInfo.InvariantCulture));
            Assert.DoesNotMatch(@"E|^-?0\d|\.\d*0(e|$)|\.(e|$)|e\d|e[+-]0", text);
        }
    }
}
