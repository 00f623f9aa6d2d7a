using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The form <c>["undefined"]</c>, which is JavaScript's undefined.</summary>
internal sealed class UndefinedForm : ValueForm
{
    public static readonly UndefinedForm Instance = new();

    private UndefinedForm()
        : base("undefined")
    {
    }

    /// <summary>The text of the whole form.</summary>
    public static ReadOnlySpan<byte> Text => "[\"undefined\"]"u8;

    public override IReadOnlyList<WireType> Types { get; } =
        [WireType.Of(new UndefinedConverter()), WireType.OfStruct(new RpcVoidConverter())];

    public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions) => FormGrammar.End(ref reader, Name);

    public override object Read(ref Utf8JsonReader reader, int start)
    {
        FormGrammar.SkipToEnd(ref reader);
        return RpcUndefined.Value;
    }
}
