using System.Collections.Immutable;
using System.Numerics;
using FsCheck.Xunit;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>What is written is read again as the same.</summary>
public class RoundTripTests
{
    [Property(Arbitrary = [typeof(DynamicValues)], MaxTest = 500)]
    public void Any_dynamic_value_comes_back(DynamicValue sample)
    {
        string text = WireText.Write(sample.Value);

        object? read = WireText.Read<object?>(text);

        // Two values are the same when their canonical texts are.
        Assert.Equal(text, WireText.Write(read));
        Assert.Equal(sample.Value?.GetType(), read?.GetType());
    }

    [Property(MaxTest = 300)]
    public void Any_record_comes_back(Sample sample) =>
        Assert.Equivalent(sample.Normal(), WireText.Read<Sample>(WireText.Write(sample.Normal())), strict: true);

    [Property(Arbitrary = [typeof(DynamicValues)], MaxTest = 200)]
    public void A_dynamic_member_keeps_its_undefined_beside_typed_ones(DynamicValue sample, int? number)
    {
        Mixed mixed = new(sample.Value, number, [number, null], RpcUndefined.Value);

        Mixed read = WireText.Read<Mixed>(WireText.Write(mixed));

        Assert.Equal(WireText.Write(mixed), WireText.Write(read));
        Assert.Same(RpcUndefined.Value, read.Last);
    }

    [Fact]
    public void Undefined_is_read_as_null_wherever_a_type_can_be_null()
    {
        Mixed read = WireText.Read<Mixed>("""{"value":1,"number":[ "undefined" ],"numbers":[[["undefined"],5]],"last":["undefined"],"child":["undefined"]}""");

        Assert.Null(read.Number);
        Assert.Equal([null, 5], read.Numbers);
        Assert.Null(read.Child);
        Assert.Null(WireText.Read<Mixed?>("""["undefined"]"""));
        Assert.Null(WireText.Read<int?>("""["undefined"]"""));
        Assert.Equal(["undefined"], WireText.Read<string[]>("""[["undefined"]]"""));
    }

    [Fact]
    public void A_type_that_cannot_be_null_says_where_it_met_something_else()
    {
        RpcValueException error = Assert.Throws<RpcValueException>(() => WireText.Read<Sample>("""{"text":"x","wide":["date",5]}"""));

        Assert.Equal("Expected a value of type Sample: at $.wide, expected an integer, got date", error.Message);
    }

    public sealed record Sample(
        string? Text, int Number, long Wide, double Real, decimal? Money, Guid Id, DayOfWeek Day, DateTimeOffset When, byte[]? Bytes,
        List<Line>? Lines, ImmutableArray<string?> Names, Dictionary<string, int?>? Counts, BigInteger Big, TimeSpan Span)
    {
        // What the wire cannot tell apart: times finer than a millisecond, zones, a default array, names of Object.prototype.
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
