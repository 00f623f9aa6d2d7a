using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Serialization without reflection: a source-generated context and registered types.</summary>
public class ContextTests
{
    private static readonly RpcSerializer s_serializer = new(OrderContext.Default);

    static ContextTests()
    {
        RpcCollections.AddList<Order>();
        RpcCollections.AddCollection<SortedSet<string>, string>(elements => new SortedSet<string>(elements));
        RpcCollections.AddDictionary<Order>();
        RpcCollections.AddNullable<OrderKind>();
    }

    [Fact]
    public void Record_uses_its_generated_contract()
    {
        Order order = new(
            "a\ud83d", 1e21, OrderKind.Rush, [new Order("b", -0.0, null, null, null)], new DateTime(2025, 6, 8, 0, 0, 0, DateTimeKind.Utc));

        string text = WireText.Write(order, s_serializer);

        Assert.Equal(
            """{"name":"a\ud83d","price":1e+21,"kind":1,"parts":[[{"name":"b","price":0,"kind":null,"parts":null,"when":null}]],"when":"""
            + """["date",1749340800000]}""",
            text);
        Assert.Equal(text, WireText.Write(WireText.Read<Order>(text, s_serializer), s_serializer));
    }

    [Fact]
    public void Registered_and_built_in_types_need_no_context()
    {
        Check("""[[{"name":"b","price":1,"kind":null,"parts":null,"when":null}]]""", WireText.Read<IReadOnlyList<Order>>);
        Check("""[["a","b"]]""", WireText.Read<SortedSet<string>>);
        Check("""{"x":null}""", WireText.Read<IDictionary<string, Order?>>);
        Check("null", WireText.Read<OrderKind?>);
        Check("5", WireText.Read<long?>);
        Check("""{"a":[[1,["undefined"],{"b":["bytes","AQI"]}]]}""", WireText.Read<object?>);
        Check("""["date",5]""", WireText.Read<DateTimeOffset>);
    }

    [Fact]
    public void Users_converters_and_naming_are_kept()
    {
        RpcSerializer serializer = new(new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Converters = { new JsonStringEnumConverter<OrderKind>() },
        });

        Assert.Equal(
            """{"2":["undefined"],"first_name":"x","kind":"Rush"}""",
            WireText.Write(new Named("x", RpcUndefined.Value, OrderKind.Rush, null), serializer));
    }

    [Fact]
    public void JSON_document_is_refused() =>
        Assert.Contains(
            "object",
            Assert.Throws<RpcValueException>(() => WireText.Write(JsonDocument.Parse("[1]").RootElement)).Message,
            StringComparison.Ordinal);

    private static void Check<T>(string text, Func<string, RpcSerializer?, RpcLimits?, T> read) =>
        Assert.Equal(text, WireText.Write(read(text, s_serializer, null), s_serializer));

    private sealed record Named(string FirstName, [property: JsonPropertyName("2")] object? Second, OrderKind Kind, string? Missing);
}

public enum OrderKind
{
    Usual,
    Rush,
}

public sealed record Order(string Name, double Price, OrderKind? Kind, List<Order>? Parts, DateTime? When);

[JsonSerializable(typeof(Order))]
internal sealed partial class OrderContext : JsonSerializerContext;
