using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Generates values of any type that a receiver can read as <c>object</c>.</summary>
public static class DynamicValues
{
    private const int MaxElements = 4;
    private const int MaxSize = 24;

    public static Arbitrary<DynamicValue> Value() =>
        Gen.Sized(size => Any(Math.Min(size, MaxSize))).Select(value => new DynamicValue(value)).ToArbitrary();

    private static Gen<object?> Any(int size) => size <= 1
        ? Leaf()
        : Gen.Frequency(
            (3, Leaf()),
            (1, Gen.ListOf(Any(size / 2), MaxElements).Select(elements => (object?)elements.ToArray())),
            (1, Members(size)),
            (1, Error(size)));

    private static Gen<object?> Leaf() => Gen.OneOf(
        Gen.Constant<object?>(null),
        Gen.Constant<object?>(RpcUndefined.Value),
        Gen.Elements<object?>(true, false),
        Gen.Elements<object?>(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e21, -1e-7),
        ArbMap.Default.GeneratorFor<long>().Select(bits => (object?)BitConverter.Int64BitsToDouble(bits)),
        ArbMap.Default.GeneratorFor<int>().Select(number => (object?)(double)number),
        Text().Select(text => (object?)text),
        ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => (object?)bytes),
        ArbMap.Default.GeneratorFor<short[]>().Select(elements => (object?)RpcBuffer.Of<short>(elements)),
        ArbMap.Default.GeneratorFor<BigInteger>().Select(number => (object?)(number * number * number)),
        Gen.Choose(int.MinValue, int.MaxValue).Select(seconds => (object?)DateTimeOffset.FromUnixTimeMilliseconds(seconds * 29L)),
        Gen.Elements<object?>(RpcDate.Invalid, new RpcDate(8_640_000_000_000_000), new RpcDate(-8_640_000_000_000_000)),
        Gen.Elements<object?>(new Uri("http://example.com/a%20b?q=1#f"), new Uri("https://user@example.com:8443/")));

    private static Gen<string> Text() => ArbMap.Default.GeneratorFor<char[]>().Select(units => new string(units));

    private static Gen<Dictionary<string, object?>> Dictionary(int size) =>
        Gen.ListOf(Gen.OneOf(Text(), Gen.Choose(0, 20).Select(index => $"{index}")).Zip(Any(size / 2)), MaxElements)
            .Select(members => members.DistinctBy(member => member.Item1).ToDictionary(member => member.Item1, member => member.Item2));

    private static Gen<object?> Members(int size) => Dictionary(size).Select(members => (object?)members);

    private static Gen<object?> Error(int size) =>
        from type in Gen.Elements("Error", "TypeError", "AggregateError", "MyError")
        from message in Text()
        from properties in Dictionary(size)
        from cause in Any(size / 2)
        from hasCause in Gen.Elements(true, false)
        select (object?)(hasCause
            ? new RpcException(type, message) { Properties = properties, Cause = cause }
            : new RpcException(type, message) { Properties = properties });
}

/// <summary>A generated value. Failures show it as wire text.</summary>
public sealed record DynamicValue(object? Value)
{
    public override string ToString() => WireText.Write(Value);
}
