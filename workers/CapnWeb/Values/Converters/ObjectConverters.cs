using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.CapnWeb.Values.Converters;

/// <summary>Values of no declared type: written by what they are, read as what the form says.</summary>
internal sealed class ObjectConverter : JsonConverter<object>
{
    public override bool HandleNull => true;

    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => DynamicReader.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, object? value, JsonSerializerOptions options)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            default:
                WriteByType(writer, value, options);
                break;
        }
    }

    private static void WriteByType(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        if (!WriteScope.Current.MayNest(writer))
        {
            writer.WriteNullValue();
        }
        else if (value.GetType() == typeof(object))
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
        else if (value is not Exception && WriteScope.Current.Sink.IsReference(value))
        {
            ReferenceScope.Write(writer, value);
        }
        else
        {
            JsonSerializer.Serialize(writer, value, options.GetTypeInfo(value.GetType()));
        }
    }
}

/// <summary>undefined itself.</summary>
internal sealed class UndefinedConverter : JsonConverter<RpcUndefined>
{
    public override bool HandleNull => true;

    public override RpcUndefined? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return ReadScope.Current.WasUndefined(in reader) ? RpcUndefined.Value : null;
        }

        FormReader.Begin(ref reader, UndefinedForm.Instance, "undefined");
        FormGrammar.SkipToEnd(ref reader);
        return RpcUndefined.Value;
    }

    public override void Write(Utf8JsonWriter writer, RpcUndefined? value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value is null ? "null"u8 : UndefinedForm.Text, skipInputValidation: true);
}

/// <summary>Exceptions of every kind as errors; read as RpcException.</summary>
internal sealed class ErrorConverter : JsonConverter<Exception>
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(Exception));

    public override Exception Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (!typeToConvert.IsAssignableFrom(typeof(RpcException)))
        {
            throw FormReader.Unexpected("Exception or RpcException as the type of an error", typeToConvert.Name);
        }

        FormReader.Begin(ref reader, ErrorForm.Instance, "an error");
        return ErrorForm.Read(ref reader);
    }

    public override void Write(Utf8JsonWriter writer, Exception value, JsonSerializerOptions options)
    {
        WriteScope scope = WriteScope.Current;
        int mark = scope.Scratch.Position;
        ErrorForm.Write(scope.Serializer, scope.Scratch, value, scope.Sink);
        scope.Take(writer, mark);
    }
}

/// <summary>Stubs and promises without a type; only a stub can be read.</summary>
internal sealed class StubConverter : JsonConverter<RpcStub>
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(RpcStub));

    public override RpcStub Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        typeToConvert == typeof(RpcStub)
            ? (RpcStub)ReferenceScope.Read(ref reader)
            : throw FormReader.Unexpected("RpcStub, or an interface with RPC members, as the type of a reference", typeToConvert.Name);

    public override void Write(Utf8JsonWriter writer, RpcStub value, JsonSerializerOptions options) => ReferenceScope.Write(writer, value);
}

/// <summary>Types with a contract go by reference.</summary>
internal sealed class ReferenceConverters : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => RpcContract.TryFind(typeToConvert, out _);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) => RpcContract.Find(typeToConvert).Converter;
}

/// <summary>JSON documents are no expressions: their arrays would read as forms.</summary>
internal sealed class JsonDocumentRefusal : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert == typeof(JsonElement) || typeToConvert == typeof(JsonDocument) || typeToConvert.IsAssignableTo(typeof(JsonNode));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException($"{typeToConvert.Name} cannot cross: declare object, or a type of its own.");
}
