using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Converts a dictionary to an object and back. Members are written in JavaScript's order. Members that are named like one of
/// Object.prototype are dropped.
/// </summary>
/// <param name="make">A function that creates the dictionary from its members. It is null if the type can only be sent.</param>
internal sealed class DictionaryConverter<TDictionary, TKey, TValue>(Func<Dictionary<TKey, TValue>, TDictionary>? make)
    : JsonConverter<TDictionary>
    where TDictionary : IEnumerable<KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private ElementConverter<TValue>? _value;

    public override TDictionary Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (make is null || reader.TokenType != JsonTokenType.StartObject)
        {
            throw make is null
                ? FormReader.Unexpected("a dictionary that can be made from its members", typeof(TDictionary).Name)
                : FormReader.Unexpected("an object", TokenText.Of(reader.TokenType));
        }

        ElementConverter<TValue> value = ElementConverter<TValue>.Of(ref _value, options);
        List<TKey> keys = [];
        List<TValue> values = [];
        Dictionary<TKey, TValue> members = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = JsonText.Read(in reader);
            reader.Read();
            if (ObjectKeys.IsDropped(name))
            {
                reader.Skip();
            }
            else if (HashSpread.IsPredictable<TKey>())
            {
                keys.Add(DictionaryKey<TKey>.Parse(name));
                values.Add(value.Read(ref reader)!);
            }
            else
            {
                members[DictionaryKey<TKey>.Parse(name)] = value.Read(ref reader)!;
            }
        }

        return make(keys.Count == 0 ? members : Checked(keys, values));
    }

    public override void Write(Utf8JsonWriter writer, TDictionary value, JsonSerializerOptions options)
    {
        ElementConverter<TValue> element = ElementConverter<TValue>.Of(ref _value, options);
        writer.WriteStartObject();
        if (HasIndex(value))
        {
            List<(string Name, TValue Value)> members = [.. value.Select(member => (DictionaryKey<TKey>.Format(member.Key), member.Value))];
            foreach ((string name, TValue item) in ObjectKeys.Order(members, member => member.Name))
            {
                WriteMember(writer, name, item, element);
            }
        }
        else
        {
            foreach ((TKey key, TValue item) in value)
            {
                WriteMember(writer, DictionaryKey<TKey>.Format(key), item, element);
            }
        }

        writer.WriteEndObject();
    }

    private static Dictionary<TKey, TValue> Checked(List<TKey> keys, List<TValue> values)
    {
        HashSpread.Check(keys);
        Dictionary<TKey, TValue> members = new(keys.Count);
        for (int index = 0; index < keys.Count; index++)
        {
            members[keys[index]] = values[index];
        }

        return members;
    }

    private static void WriteMember(Utf8JsonWriter writer, string name, TValue value, ElementConverter<TValue> element)
    {
        writer.WritePropertyName(name);
        element.Write(writer, value);
    }

    private static bool HasIndex(TDictionary members)
    {
        foreach ((TKey key, _) in members)
        {
            if (ObjectKeys.IsIndex(DictionaryKey<TKey>.Format(key), out _))
            {
                return true;
            }
        }

        return false;
    }
}
