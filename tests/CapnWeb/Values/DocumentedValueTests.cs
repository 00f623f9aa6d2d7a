using System.Numerics;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Checks every row of the tables in VALUES.md.</summary>
public class DocumentedValueTests
{
    private static readonly Dictionary<(string Type, string Example), IRow> s_values = new()
    {
        [("null", "null")] = new Row<string?>(null),
        [("RpcUndefined", "RpcUndefined.Value")] = new Row<RpcUndefined>(RpcUndefined.Value),
        [("bool", "true")] = new Row<bool>(true),
        [("int and smaller", "42")] = new Row<int>(42),
        [("long within ±(2^53 − 1)", "9007199254740991")] = new Row<long>(9007199254740991),
        [("long beyond", "9007199254740993")] = new Row<long>(9007199254740993),
        [("ulong beyond", "18446744073709551615")] = new Row<ulong>(ulong.MaxValue),
        [("BigInteger", "5")] = new Row<BigInteger>(5),
        [("double", "1e21")] = new Row<double>(1e21),
        [("double", "-0.0")] = new Row<double>(-0.0),
        [("double", "NaN")] = new Row<double>(double.NaN),
        [("double", "-Infinity")] = new Row<double>(double.NegativeInfinity),
        [("float", "0.1f")] = new Row<float>(0.1f),
        [("decimal that a double keeps", "12.50m")] = new Row<decimal>(12.50m),
        [("decimal that it does not", "0.1234567890123456789m")] = new Row<decimal>(0.1234567890123456789m),
        [("string", "\"a\\\"é\"")] = new Row<string>("a\"é"),
        [("string with a lone surrogate", "\"\\ud83d\"")] = new Row<string>("\ud83d"),
        [("char", "'x'")] = new Row<char>('x'),
        [("Guid", "0f8fad5b-d9cb-469f-a165-70867728950e")] = new Row<Guid>(new("0f8fad5b-d9cb-469f-a165-70867728950e")),
        [("enum", "DayOfWeek.Friday")] = new Row<DayOfWeek>(DayOfWeek.Friday),
        [("enum with JsonStringEnumConverter", "Grade.Good")] = new Row<Grade>(Grade.Good),
        [("DateTimeOffset", "2025-06-08T02:22:50.815+02:00")] = new Row<DateTimeOffset>(
            new(2025, 6, 8, 2, 22, 50, 815, TimeSpan.FromHours(2))),
        [("DateTime, UTC", "2025-06-08T00:22:50.815Z")] = new Row<DateTime>(new(2025, 6, 8, 0, 22, 50, 815, DateTimeKind.Utc)),
        [("DateTime, unspecified: taken as UTC", "2025-06-08T00:22:50.815")] = new Row<DateTime>(
            new(2025, 6, 8, 0, 22, 50, 815, DateTimeKind.Unspecified)),
        [("RpcDate: an invalid date", "RpcDate.Invalid")] = new Row<RpcDate>(RpcDate.Invalid),
        [("RpcDate: before year 1, after 9999", "new RpcDate(8640000000000000)")] = new Row<RpcDate>(new(8640000000000000)),
        [("DateOnly", "2025-06-08")] = new Row<DateOnly>(new(2025, 6, 8)),
        [("TimeSpan", "1.02:03:04")] = new Row<TimeSpan>(new(1, 2, 3, 4)),
        [("Uri, absolute", "http://example.com/a b")] = new Row<Uri>(new("http://example.com/a b")),
        [("byte[]", "{1, 2}")] = new Row<byte[]>([1, 2]),
        [("ReadOnlyMemory<byte>, Memory<byte>", "{1, 2}")] = new Row<ReadOnlyMemory<byte>>(new byte[] { 1, 2 }),
        [("RpcBuffer", "RpcBuffer.Of<short>(-1, 258)")] = new Row<RpcBuffer>(RpcBuffer.Of<short>([-1, 258])),
        [("record or class, by contract", "new Point(1, null)")] = new Row<Point>(new(1, null)),
        [("dictionary: indexes first, as in JavaScript", "b, 10, 2")] = new Row<Dictionary<string, int>>(
            new() { ["b"] = 1, ["10"] = 2, ["2"] = 3 }),
        [("array, list, any collection", "{1, 2}")] = new Row<List<int>>([1, 2]),
        [("empty collection", "{}")] = new Row<int[]>([]),
        [("object", "new object()")] = new Row<object>(new object()),
        [("RpcException", "new RpcException(\"RangeError\", \"far\") { Code = \"E_FAR\" }")] = new Row<RpcException>(
            new("RangeError", "far") { Code = "E_FAR" }),
        [("ArgumentException", "\"bad\"")] = new Row<Exception>(new ArgumentException("bad")),
        [("ArgumentOutOfRangeException", "\"far\"")] = new Row<Exception>(new ArgumentOutOfRangeException(null, "far")),
        [("FormatException", "\"odd\"")] = new Row<Exception>(new FormatException("odd")),
        [("UriFormatException", "\"odd\"")] = new Row<Exception>(new UriFormatException("odd")),
        [("any other exception: its class is the code", "new InvalidOperationException(\"no\")")] = new Row<Exception>(
            new InvalidOperationException("no")),
    };

    [JsonConverter(typeof(JsonStringEnumConverter<Grade>))]
    private enum Grade
    {
        Bad,
        Good,
    }

    private interface IRow
    {
        string Written { get; }

        string ReadAndWritten { get; }
    }

    [Fact]
    public void Every_row_of_VALUES_md_is_true()
    {
        string[][] rows = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "CapnWeb", "VALUES.md")).Where(IsRow).Select(Cells)];

        Assert.Equal(s_values.Keys.Order(), rows.Select(row => (row[0], row[1])).Order());
        Assert.All(rows, row =>
        {
            IRow value = s_values[(row[0], row[1])];
            Assert.Equal(row[2], value.Written);
            Assert.Equal(row[2], value.ReadAndWritten);
            Assert.Equal(row[3], TypeName(WireText.Read<object?>(row[2])?.GetType()));
        });
    }

    [Fact]
    public void Typed_array_is_read_as_a_collection()
    {
        Assert.Equal([-1, 258], WireText.Read<short[]>("""["bytes","//8CAQ","Int16Array"]"""));
        Assert.Equal([1, 2], WireText.Read<List<byte>>("""["bytes","AQI"]"""));
        Assert.Throws<RpcValueException>(() => WireText.Read<int[]>("""["bytes","//8CAQ","Int16Array"]"""));
    }

    private static bool IsRow(string line) =>
        line.StartsWith("| ", StringComparison.Ordinal)
            && !line.StartsWith("| ---", StringComparison.Ordinal)
            && !line.StartsWith("| .NET |", StringComparison.Ordinal);

    private static string[] Cells(string line) =>
        [.. line.Trim('|').Split(" | ")
            .Select(cell => cell.Trim())
            .Select((cell, column) => column == 0 ? cell.Replace("`", "", StringComparison.Ordinal) : cell.Trim('`'))];

    private static string TypeName(Type? type) => type switch
    {
        null => "null",
        { IsGenericType: true } =>
            $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>",
        _ => type.Name,
    };

    private sealed record Point(int X, string? Label);

    private sealed record Row<T>(T Value) : IRow
    {
        public string Written => WireText.Write(Value);

        public string ReadAndWritten => WireText.Write(WireText.Read<T>(Written));
    }
}
