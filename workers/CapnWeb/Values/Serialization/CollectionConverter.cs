using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Writes a collection as an escaped array. Reads a collection from an escaped array or, if its elements are numbers, from a typed array.
/// </summary>
/// <param name="make">A function that creates the collection from its elements. It is null if the type can only be sent.</param>
internal sealed class CollectionConverter<TCollection, T>(Func<List<T>, TCollection>? make) : JsonConverter<TCollection>
    where TCollection : IEnumerable<T>
{
    private static readonly bool s_isHashed = HashSpread.IsPredictable<T>()
        && (typeof(TCollection).IsAssignableTo(typeof(IReadOnlySet<T>)) || typeof(TCollection).IsAssignableTo(typeof(ISet<T>))
            || typeof(TCollection).IsAssignableTo(typeof(IImmutableSet<T>)))
        && !typeof(TCollection).IsAssignableTo(typeof(SortedSet<T>)) && typeof(TCollection) != typeof(ImmutableSortedSet<T>);

    private ElementConverter<T>? _element;

    public override TCollection Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        const string Expected = "an array";
        if (make is null)
        {
            throw FormReader.Unexpected("a collection that can be made from its elements", typeof(TCollection).Name);
        }

        ValueForm? form = FormReader.Begin(ref reader, Expected);
        if (form == BytesForm.Instance)
        {
            return make(Checked(TypedArray.Elements<T>(BytesForm.Read(ref reader))));
        }

        FormReader.Expect(reader.TokenType == JsonTokenType.StartArray, Expected, form);
        ElementConverter<T> element = ElementConverter<T>.Of(ref _element, options);
        List<T> elements = [];
        while (FormGrammar.Next(ref reader))
        {
            elements.Add(element.Read(ref reader)!);
        }

        reader.Read();
        return make(Checked(elements));
    }

    public override void Write(Utf8JsonWriter writer, TCollection value, JsonSerializerOptions options)
    {
        ElementConverter<T> element = ElementConverter<T>.Of(ref _element, options);
        writer.WriteStartArray();
        writer.WriteStartArray();
        switch (value)
        {
            case T[] array when array.GetType() == typeof(T[]):
                WriteAll(writer, array, element);
                break;
            case List<T> list:
                WriteAll(writer, CollectionsMarshal.AsSpan(list), element);
                break;
            default:
                foreach (T item in value)
                {
                    element.Write(writer, item);
                }

                break;
        }

        writer.WriteEndArray();
        writer.WriteEndArray();
    }

    private static List<T> Checked(List<T> elements)
    {
        if (s_isHashed)
        {
            HashSpread.Check(elements);
        }

        return elements;
    }

    private static void WriteAll(Utf8JsonWriter writer, ReadOnlySpan<T> elements, ElementConverter<T> element)
    {
        foreach (T item in elements)
        {
            element.Write(writer, item);
        }
    }
}
