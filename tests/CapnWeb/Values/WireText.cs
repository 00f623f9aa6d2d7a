using System.Text;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>Reads and writes values without a session. A reference is represented by its wire text.</summary>
internal static class WireText
{
    /// <summary>Writes a value as wire text.</summary>
    public static string Write<T>(T value, RpcSerializer? serializer = null)
    {
        using ExpressionWriter writer = new();
        (serializer ?? RpcSerializer.Default).Write(writer, value, FormSink.Instance);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    /// <summary>Scans and reads wire text, as a session does.</summary>
    public static T Read<T>(string text, RpcSerializer? serializer = null, RpcLimits? limits = null)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        MentionList mentions = default;
        try
        {
            ExpressionScanner.ScanAll(utf8, limits ?? RpcLimits.Default, ref mentions);
            if (mentions.Fault is { } fault)
            {
                throw fault;
            }

            TextRange[] forms = mentions.TopLevelForms();
            return (serializer ?? RpcSerializer.Default).Read<T>(
                utf8, forms.Length == 0 ? ReferenceSource.None : new FormSource(utf8, forms));
        }
        finally
        {
            mentions.Dispose();
        }
    }

    /// <summary>Splits the text of an array into the texts of its elements.</summary>
    public static IReadOnlyList<string> Elements(string array)
    {
        using JsonDocument document = JsonDocument.Parse(array, new JsonDocumentOptions { MaxDepth = 2000 });
        return [.. document.RootElement.EnumerateArray().Select(element => element.GetRawText())];
    }

    internal sealed record Form(string Text);

    private sealed class FormSource(byte[] text, TextRange[] forms) : ReferenceSource
    {
        public override object Take(int index) => new Form(Encoding.UTF8.GetString(forms[index].Of(text)));
    }

    private sealed class FormSink : ReferenceSink
    {
        public static readonly FormSink Instance = new();

        public override void Write(ExpressionWriter writer, object reference) =>
            writer.WriteRaw(Encoding.UTF8.GetBytes(((Form)reference).Text));

        public override bool IsReference(object value) => value is Form;

        public override int Mark() => 0;

        public override void Rollback(int mark)
        {
        }
    }
}
