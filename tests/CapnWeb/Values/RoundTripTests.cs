using System.Collections.Immutable;
using System.Numerics;
using FsCheck.Xunit;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Written values are read back unchanged.</summary>
public class RoundTripTests
{
    [Property(Arbitrary = [typeof(DynamicValues)], MaxTest = 500)]
    public void Any_dynamic_value_survives_a_round_trip(DynamicValue sample)
    {
        string text = WireText.Write(sample.Value);

        object? read = WireText.Read<object?>(text);

        // Values are compared by their wire text, which is canonical.
        Assert.Equal(text, WireText.Write(read));
        Assert.Equal(sample.Value?.GetType(), read?.GetType());
    }

    [Property(MaxTest = 300)]
    public void Any_record_survives_a_round_trip(Sample sample) =>
        Assert.Equivalent(sample.Normal(), WireText.Read<Sample>(WireText.Write(sample.Normal())), strict: true);

    [Property(Arbitrary = [typeof(DynamicValues)], MaxTest = 200)]
    public void Undefined_in_a_dynamic_member_stays_undefined(DynamicValue sample, int? number)
    {
        Mixed mixed = new(sample.Value, number, [number, null], RpcUndefined.Value);

        Mixed read = WireText.Read<Mixed>(WireText.Write(mixed));

        Assert.Equal(WireText.Write(mixed), WireText.Write(read));
        Assert.Same(RpcUndefined.Value, read.Last);
    }

    [Fact]
    public void Undefined_is_null_for_nullable_types()
    {
        Mixed read = WireText.Read<Mixed>(
            """{"value":1,"number":[ "undefined" ],"numbers":[[["undefined"],5]],"last":["undefined"],"child":["undefined"]}""");

        Assert.Null(read.Number);
        Assert.Equal([null, 5], read.Numbers);
        Assert.Null(read.Child);
        Assert.Null(WireText.Read<Mixed?>("""["undefined"]"""));
        Assert.Null(WireText.Read<int?>("""["undefined"]"""));
        Assert.Equal(["undefined"], WireText.Read<string[]>("""[["undefined"]]"""));
    }

    [Fact]
    public void Value_of_wrong_type_fails_with_its_path()
    {
        RpcValueException error = Assert.Throws<RpcValueException>(() => WireText.Read<Sample>("""{"text":"x","wide":["date",5]}"""));

        Assert.Equal("Expected a value of type Sample: at $.wide, expected an integer, got date", error.Message);
    }

    [Theory]
    [InlineData("""{"number":"x"}""", "$.number")]
    [InlineData("""{"id":7}""", "$.id")]
    [InlineData("""{"lines":[[{"number":1},{"ids":[["x"]]}]]}""", "$.lines")]
    [InlineData("5", "$")]
    public void Value_of_wrong_type_fails_without_the_names_of_types(string text, string path)
    {
        RpcValueException error = Assert.Throws<RpcValueException>(() => WireText.Read<Sample>(text));

        Assert.Equal($"Expected a value of type Sample: at {path}, another came.", error.Message);
    }

    public sealed record Sample(
        string? Text, int Number, long Wide, double Real, decimal? Money, Guid Id, DayOfWeek Day, DateTimeOffset When, byte[]? Bytes,
        List<Line>? Lines, ImmutableArray<string?> Names, Dictionary<string, int?>? Counts, BigInteger Big, TimeSpan Span)
    {
        // Removes what the wire does not carry: sub-millisecond time, time zones, default arrays, the sign of −0.
        public Sample Normal() => this with
        {
            Real = Real == 0 ? 0 : Real,
            When = DateTimeOffset.FromUnixTimeMilliseconds(When.ToUnixTimeMilliseconds()),
            Names = Names.IsDefault ? [] : Names,
        };
    }

    public sealed record Line(string? Text, float? Number, Guid[] Ids);

    public sealed record Mixed(object? Value, int? Number, List<int?> Numbers, object? Last, Mixed? Child = null);
}
