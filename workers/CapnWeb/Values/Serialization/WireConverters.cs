using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>The built-in converters of every serializer. The user's own converters have priority over them.</summary>
internal static class WireConverters
{
    /// <summary>
    /// The types that System.Text.Json would write in another way than the protocol requires. Most of them are written as special forms.
    /// </summary>
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

    /// <summary>
    /// All built-in converters. System.Text.Json uses the first one that accepts a type, so the factory that accepts the most types is
    /// last.
    /// </summary>
    public static IReadOnlyList<JsonConverter> All { get; } =
    [
        .. Types.Select(type => type.Converter),
        new JsonDocumentRefusal(),
        new ReferenceConverters(),
        new CollectionConverters(),
    ];
}
