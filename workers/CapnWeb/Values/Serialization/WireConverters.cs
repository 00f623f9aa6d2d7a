using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>The converters that every serializer has, after the user's own.</summary>
internal static class WireConverters
{
    /// <summary>The types that are always a special form, and others that System.Text.Json would write differently.</summary>
    public static IReadOnlyList<WireType> Types { get; } =
    [
        .. ValueForms.All.SelectMany(form => form.Types),
        WireType.Of(new StringConverter()),
        WireType.OfStruct(new CharConverter()),
        WireType.OfStruct(new DoubleConverter()),
        WireType.OfStruct(new SingleConverter()),
        WireType.OfStruct(new DecimalConverter()),
        WireType.Of(new ObjectConverter()),
    ];

    /// <summary>All converters, in the order in which System.Text.Json asks them. The factory that accepts the most is last.</summary>
    public static IReadOnlyList<JsonConverter> All { get; } =
    [
        .. Types.Select(type => type.Converter),
        new JsonDocumentRefusal(),
        new ReferenceConverters(),
        new CollectionConverters(),
    ];
}
