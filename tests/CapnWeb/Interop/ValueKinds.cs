using System.Numerics;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>A kind of value: a factory, and a check for a received value and its type.</summary>
internal sealed record ValueKind(Func<object?> Make, Func<object?, bool> Is);

/// <summary>Every kind of value, by the names in <c>Node/values.mjs</c>.</summary>
internal static class ValueKinds
{
    // An argument has depth 1, so the 7 in the innermost array has depth 255, the maximum.
    private const int DeepestArrays = 254;

    private static readonly byte[] s_bytes = [0, 1, 127, 128, 254, 255, 7, 9];

    // Receivers drop members with these names.
    private static readonly string[] s_inherited = ["__proto__", "constructor", "toString", "hasOwnProperty", "toJSON"];

    public static IReadOnlyDictionary<string, ValueKind> All { get; } = new Dictionary<string, ValueKind>
    {
        ["undefined"] = Exactly(RpcUndefined.Value),
        ["null"] = Exactly(null),
        ["true"] = Exactly(true),
        ["false"] = Exactly(false),
        ["zero"] = Exactly(0.0),
        ["int"] = Exactly(42.0),
        ["negative"] = Exactly(-7.0),
        ["fraction"] = Exactly(0.1),
        ["largeNumber"] = Exactly(1e21),
        ["smallNumber"] = Exactly(1e-7),
        ["smallestNumber"] = Exactly(double.Epsilon),
        ["safeInteger"] = Exactly(9007199254740991.0),
        // JSON.stringify writes −0 as 0.
        ["minusZero"] = new(() => -0.0, value => value is 0.0),
        ["inf"] = Exactly(double.PositiveInfinity),
        ["minusInf"] = Exactly(double.NegativeInfinity),
        ["nan"] = Exactly(double.NaN),
        ["string"] = Exactly("text"),
        ["emptyString"] = Exactly(""),
        ["escapes"] = Exactly("\" \\ / \b\f\n\r\t \0 \u001f \u007f \u0085 \u2028 <&'+>"),
        ["emoji"] = Exactly("é € 🦔"),
        ["loneSurrogate"] = Exactly("a\ud83db\udc00"),
        ["bytes"] = Exactly(s_bytes),
        ["emptyBytes"] = Exactly(Array.Empty<byte>()),
        ["bytesOfOne"] = Exactly(new byte[] { 251 }),
        ["bytesOfTwo"] = Exactly(new byte[] { 251, 255 }),
        ["arrayBuffer"] = Buffer(RpcBufferKind.ArrayBuffer),
        ["dataView"] = Buffer(RpcBufferKind.DataView),
        ["int8Array"] = Buffer(RpcBufferKind.Int8Array),
        ["uint8ClampedArray"] = Buffer(RpcBufferKind.Uint8ClampedArray),
        ["int16Array"] = Buffer(RpcBufferKind.Int16Array),
        ["uint16Array"] = Buffer(RpcBufferKind.Uint16Array),
        ["int32Array"] = Buffer(RpcBufferKind.Int32Array),
        ["uint32Array"] = Buffer(RpcBufferKind.Uint32Array),
        ["bigInt64Array"] = Buffer(RpcBufferKind.BigInt64Array),
        ["bigUint64Array"] = Buffer(RpcBufferKind.BigUint64Array),
        ["float32Array"] = Buffer(RpcBufferKind.Float32Array),
        ["float64Array"] = Buffer(RpcBufferKind.Float64Array),
        ["bigint"] = Exactly(BigInteger.Parse("123456789012345678901234567890", System.Globalization.CultureInfo.InvariantCulture)),
        ["bigintZero"] = Exactly(BigInteger.Zero),
        ["bigintNegative"] = Exactly(new BigInteger(-9007199254740993)),
        ["date"] = Exactly(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123)),
        ["dateBeforeEpoch"] = Exactly(DateTimeOffset.FromUnixTimeMilliseconds(-1)),
        ["dateInvalid"] = Exactly(RpcDate.Invalid),
        ["url"] = Exactly(new Uri("https://example.com/a%20b?c=1#d")),
        ["array"] = Exactly(new object?[] { 1.0, "two", null, true }),
        ["emptyArray"] = Exactly(Array.Empty<object?>()),
        ["nestedArrays"] = Exactly(new object?[]
        {
            Array.Empty<object?>(),
            new object?[] { new object?[] { 1.0 } },
            new object?[] { new object?[] { "error" } },
            new object?[] { "export", 1.0 },
        }),
        ["sparse"] = Exactly(new object?[] { 1.0, RpcUndefined.Value, 3.0 }),
        ["object"] = Exactly(Members(
            ("a", 1.0), ("b", Members(("c", new object?[] { 2.0, Members(("d", "e")) }))), ("n", null), ("u", RpcUndefined.Value))),
        ["emptyObject"] = Exactly(Members()),
        // JavaScript orders array indexes first, ascending.
        ["integerKeys"] = new(
            () => Members(("b", 1.0), ("10", 2.0), ("2", 3.0), ("a", 4.0), ("01", 5.0)),
            value => AreSame(value, Members(("2", 3.0), ("10", 2.0), ("b", 1.0), ("a", 4.0), ("01", 5.0)))),
        ["oddKeys"] = Exactly(Members(("", 1.0), ("a.b", 2.0), ("é 🦔", 3.0), ("\"", 4.0))),
        ["inheritedNames"] = new(
            () => Members([("kept", 1.0), .. s_inherited.Select(name => (name, (object?)"dropped"))]),
            value => AreSame(value, Members(("kept", 1.0)))),
        ["deep"] = Exactly(Arrays(DeepestArrays)),
        ["text100KB"] = Exactly(new string('x', 100_000)),
        ["text1MB"] = Exactly(new string('é', 500_000)),
    };

    /// <summary>Nests the number 7 in this many arrays.</summary>
    public static object Arrays(int count) => Enumerable.Range(0, count).Aggregate((object)7.0, (within, _) => new object?[] { within });

    /// <summary>The expected result of <c>nested</c>, whose parts are promises on the Node server.</summary>
    public static object? Nested() => Members(("one", 1.0), ("more", new object?[] { Members(("two", 2.0)), new object?[] { 3.0 } }));

    /// <summary>Creates an object with the members in this order.</summary>
    public static Dictionary<string, object?> Members(params (string Name, object? Value)[] members) =>
        members.ToDictionary(member => member.Name, member => member.Value);

    /// <summary>Whether two values have the same type and content, with members in the same order. NaN equals NaN.</summary>
    public static bool AreSame(object? one, object? other) => (one, other) switch
    {
        (byte[] x, byte[] y) => x.AsSpan().SequenceEqual(y),
        (RpcBuffer x, RpcBuffer y) => x.Kind == y.Kind && x.Bytes.Span.SequenceEqual(y.Bytes.Span),
        (object?[] x, object?[] y) => x.Length == y.Length && x.Zip(y).All(pair => AreSame(pair.First, pair.Second)),
        (Dictionary<string, object?> x, Dictionary<string, object?> y) =>
            x.Keys.SequenceEqual(y.Keys) && x.All(member => AreSame(member.Value, y[member.Key])),
        _ => Equals(one, other),
    };

    private static ValueKind Exactly(object? value) => new(() => value, given => AreSame(given, value));

    private static ValueKind Buffer(RpcBufferKind kind) => Exactly(new RpcBuffer(kind, s_bytes));
}
