using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// The form <c>["error", type, message, stack, properties]</c>. The last two elements are omitted if the error does not have them.
/// </summary>
internal sealed class ErrorForm : ValueForm
{
    public static readonly ErrorForm Instance = new();

    private ErrorForm()
        : base("error")
    {
    }

    public override IReadOnlyList<WireType> Types { get; } = [WireType.OfClass<Exception, RpcException>(new ErrorConverter())];

    public static void Write(IValueWriter values, ExpressionWriter writer, Exception error, ReferenceSink sink)
    {
        Exception? rewritten = sink.Rewrite(error);
        Exception sent = rewritten ?? error;
        if (sent is RpcException { IsThrownValue: true, Thrown: var thrown })
        {
            if (values.TryWriteAny(writer, thrown, sink, depth: 0) is { } refusal)
            {
                throw refusal;
            }

            return;
        }

        writer.WriteRaw("[\"error\","u8);
        writer.WriteString(RpcErrorTypes.Of(sent));
        writer.WriteRaw((byte)',');
        writer.WriteString(sent.Message);
        int bare = writer.Position;
        WriteStack(writer, (rewritten as RpcException)?.RemoteStack);
        if (!WriteProperties(values, writer, sent, sink) && (rewritten as RpcException)?.RemoteStack is null)
        {
            writer.Rollback(bare);
        }

        writer.WriteRaw((byte)']');
    }

    public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        FormGrammar.String(ref reader, Name, "a type");
        FormGrammar.String(ref reader, Name, "a message");
        if (!FormGrammar.Next(ref reader))
        {
            return;
        }

        reader.Skip();
        if (!FormGrammar.Next(ref reader))
        {
            return;
        }

        FormGrammar.Expect(in reader, JsonTokenType.StartObject, Name, "properties");
        ScanProperties(ref reader, place, ref mentions);
        FormGrammar.SkipToEnd(ref reader);
    }

    public override object Read(ref Utf8JsonReader reader, int start) => Read(ref reader);

    /// <summary>Reads a form that has been scanned. Moves the reader from the type code to the closing bracket.</summary>
    public static RpcException Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        string type = JsonText.Read(in reader);
        reader.Read();
        string message = JsonText.Read(in reader);
        string? stack = null;
        Dictionary<string, object?> properties = [];
        if (FormGrammar.Next(ref reader))
        {
            stack = reader.TokenType == JsonTokenType.String ? JsonText.Read(in reader) : null;
            reader.Skip();
            if (FormGrammar.Next(ref reader))
            {
                ReadProperties(ref reader, properties);
                FormGrammar.SkipToEnd(ref reader);
            }
        }

        return Create(type, message, stack, properties);
    }

    // Scans the error's properties, but skips name, message and stack like the npm package. So their values may be any JSON.
    private static void ScanProperties(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isIgnored = ErrorMembers.IsIgnored(JsonText.Read(in reader));
            reader.Read();
            if (isIgnored)
            {
                reader.Skip();
            }
            else
            {
                ExpressionScanner.Scan(ref reader, place.Limits, ref mentions, place.Depth + 1);
            }
        }
    }

    private static void WriteStack(ExpressionWriter writer, string? stack)
    {
        writer.WriteRaw((byte)',');
        if (stack is null)
        {
            writer.WriteRaw("null"u8);
        }
        else
        {
            writer.WriteString(stack);
        }
    }

    private static bool WriteProperties(IValueWriter values, ExpressionWriter writer, Exception error, ReferenceSink sink)
    {
        int start = writer.Position;
        bool any = false;
        foreach ((string name, object? value) in ObjectKeys.Order(PropertiesOf(error), property => property.Name))
        {
            any |= TryWriteProperty(values, writer, name, value, any, sink);
        }

        if (!any)
        {
            writer.Rollback(start);
            return false;
        }

        writer.WriteRaw((byte)'}');
        return true;
    }

    // Returns false for a property that cannot be sent. The property is then omitted, so that the error itself still reaches the peer.
    private static bool TryWriteProperty(
        IValueWriter values, ExpressionWriter writer, string name, object? value, bool isLater, ReferenceSink sink)
    {
        int position = writer.Position;
        int mark = sink.Mark();
        writer.WriteRaw(isLater ? ","u8 : ",{"u8);
        writer.WriteString(name);
        writer.WriteRaw((byte)':');
        RpcException? refusal = values.TryWriteAny(writer, value, sink, depth: 1);
        if (refusal is null)
        {
            return true;
        }

        if (refusal is not RpcValueException { IsTooDeep: false })
        {
            throw refusal;
        }

        writer.Rollback(position);
        sink.Rollback(mark);
        return false;
    }

    private static List<(string Name, object? Value)> PropertiesOf(Exception error) =>
        error is RpcException rpc ? PropertiesOf(rpc) : PropertiesOfForeign(error);

    private static List<(string Name, object? Value)> PropertiesOf(RpcException error)
    {
        List<(string, object?)> properties = [.. error.Properties
            .Where(property => !ErrorMembers.IsIgnored(property.Key))
            .Select(property => (property.Key, property.Value))];
        if (error.HasCause)
        {
            properties.Add((ErrorMembers.Cause, error.Cause));
        }

        if (error.ErrorType == RpcErrorTypes.AggregateError)
        {
            properties.Add((ErrorMembers.Errors, error.Errors?.ToArray() ?? []));
        }

        return properties;
    }

    private static List<(string Name, object? Value)> PropertiesOfForeign(Exception error)
    {
        List<(string, object?)> properties = [];
        if (RpcErrorTypes.CodeOf(error) is { } code)
        {
            properties.Add((ErrorMembers.Code, code));
        }

        if (error is AggregateException several)
        {
            properties.Add((ErrorMembers.Errors, several.InnerExceptions.ToArray<object?>()));
        }
        else if (error.InnerException is { } cause)
        {
            properties.Add((ErrorMembers.Cause, cause));
        }

        return properties;
    }

    private static void ReadProperties(ref Utf8JsonReader reader, Dictionary<string, object?> properties)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = JsonText.Read(in reader);
            reader.Read();
            if (ErrorMembers.IsIgnored(name) || ObjectKeys.IsDropped(name))
            {
                reader.Skip();
            }
            else
            {
                properties[name] = DynamicReader.Read(ref reader);
            }
        }
    }

    private static RpcException Create(string type, string message, string? stack, Dictionary<string, object?> properties)
    {
        bool isAggregate = type == RpcErrorTypes.AggregateError;
        IReadOnlyList<object?>? errors = null;
        if (isAggregate && properties.Remove(ErrorMembers.Errors, out object? gathered))
        {
            errors = gathered as object?[];
        }

        if (!properties.Remove(ErrorMembers.Cause, out object? cause))
        {
            return new RpcException(type, message) { Properties = properties, Errors = errors, RemoteStack = stack };
        }

        return new RpcException(type, message, cause as Exception)
        {
            Cause = cause,
            Properties = properties,
            Errors = errors,
            RemoteStack = stack,
        };
    }
}
