using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// A form that this library recognises but does not support yet. A call that uses the form is rejected. The streams in the form are listed,
/// so that the session can release them.
/// </summary>
internal abstract class UnsupportedForm(string name) : ValueForm(name)
{
    public sealed override IReadOnlyList<WireType> Types => [];

    public sealed override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        mentions.Fault ??= ExpressionScanner.Refusal(Name);
        ScanParts(ref reader, place, ref mentions);
        FormGrammar.End(ref reader, Name);
    }

    public sealed override object Read(ref Utf8JsonReader reader, int start) => throw ExpressionScanner.Refusal(Name);

    /// <summary>Checks the form's elements up to the closing bracket.</summary>
    protected abstract void ScanParts(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions);

    /// <summary>Checks the body of a request or response, at the reader's position.</summary>
    /// <param name="reader">The reader, at the first token of the body.</param>
    /// <param name="acceptsData">Whether the body may be a string, bytes or null, and not only a stream.</param>
    /// <param name="place">The form that the body is part of.</param>
    /// <param name="mentions">The list to which the body's stream is added.</param>
    protected void ScanBody(ref Utf8JsonReader reader, bool acceptsData, in FormPlace place, ref MentionList mentions)
    {
        Utf8JsonReader ahead = reader;
        ValueForm? form = ahead.TokenType == JsonTokenType.StartArray && ahead.Read() ? ValueForms.Find(in ahead) : null;
        bool isData = reader.TokenType is JsonTokenType.Null or JsonTokenType.String || form == BytesForm.Instance;
        if (form != StreamForm.Readable && !(acceptsData && isData))
        {
            string accepted = acceptsData ? "a readable, a string, bytes or null" : "a readable";
            throw FormGrammar.Malformed(Name, "a body", accepted, in reader);
        }

        ExpressionScanner.Scan(ref reader, place.Limits, ref mentions, place.Depth + 1);
    }
}

/// <summary>The form <c>["blob", type, ["readable", id]]</c>.</summary>
internal sealed class BlobForm : UnsupportedForm
{
    public static readonly BlobForm Instance = new();

    private BlobForm()
        : base("blob")
    {
    }

    protected override void ScanParts(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        FormGrammar.String(ref reader, Name, "a type");
        reader.Read();
        ScanBody(ref reader, acceptsData: false, place, ref mentions);
    }
}

/// <summary>The form <c>["headers", pairs]</c>.</summary>
internal sealed class HeadersForm : UnsupportedForm
{
    public static readonly HeadersForm Instance = new();

    private HeadersForm()
        : base("headers")
    {
    }

    protected override void ScanParts(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        reader.Read();
        FormGrammar.Expect(in reader, JsonTokenType.StartArray, Name, "pairs");
        reader.Skip();
    }
}

/// <summary>The form <c>["request", address, init]</c>.</summary>
internal sealed class RequestForm : UnsupportedForm
{
    public static readonly RequestForm Instance = new();

    private RequestForm()
        : base("request")
    {
    }

    protected override void ScanParts(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        FormGrammar.String(ref reader, Name, "an address");
        reader.Read();
        FormGrammar.Expect(in reader, JsonTokenType.StartObject, Name, "an init");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isBody = JsonText.Is(in reader, "body"u8);
            bool isHeaders = JsonText.Is(in reader, "headers"u8);
            reader.Read();
            if (isBody)
            {
                ScanBody(ref reader, acceptsData: true, place, ref mentions);
                continue;
            }

            if (isHeaders)
            {
                FormGrammar.Expect(in reader, JsonTokenType.StartArray, Name, "headers");
            }

            reader.Skip();
        }
    }
}

/// <summary>The form <c>["response", body, init]</c>.</summary>
internal sealed class ResponseForm : UnsupportedForm
{
    public static readonly ResponseForm Instance = new();

    private const int MinStatus = 200;
    private const int MaxStatus = 599;

    private ResponseForm()
        : base("response")
    {
    }

    protected override void ScanParts(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        reader.Read();
        ScanBody(ref reader, acceptsData: true, place, ref mentions);
        reader.Read();
        FormGrammar.Expect(in reader, JsonTokenType.StartObject, Name, "an init");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            bool isStatus = JsonText.Is(in reader, "status"u8);
            bool isHeaders = JsonText.Is(in reader, "headers"u8);
            reader.Read();
            if (isStatus)
            {
                CheckStatus(in reader);
            }
            else if (isHeaders)
            {
                FormGrammar.Expect(in reader, JsonTokenType.StartArray, Name, "headers");
            }

            reader.Skip();
        }
    }

    private void CheckStatus(in Utf8JsonReader reader)
    {
        FormGrammar.Expect(in reader, JsonTokenType.Number, Name, "a status");
        if (reader.GetDouble() is < MinStatus or > MaxStatus)
        {
            throw new RpcValueException($"Malformed response: expected a status of {MinStatus} to {MaxStatus}.");
        }
    }
}
