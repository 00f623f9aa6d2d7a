using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>The converters that a serializer adds behind the user's own.</summary>
internal static class WireConverters
{
    /// <summary>The types that are written as a form, and those whose text is no form but still not that of System.Text.Json.</summary>
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

    /// <summary>In the order in which System.Text.Json asks them: the factory of collections accepts the most, so it is last.</summary>
    public static IReadOnlyList<JsonConverter> All { get; } =
    [
        .. Types.Select(type => type.Converter),
        new JsonDocumentRefusal(),
        new ReferenceConverters(),
        new CollectionConverters(),
    ];
}
