using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// A form that refers to a table entry by its id. A <see cref="ReferenceSink"/> writes the form. A <see cref="ReferenceSource"/> creates
/// the stub for it.
/// </summary>
internal abstract class ReferenceForm(string name, MentionKind kind) : ValueForm(name)
{
    public MentionKind Kind { get; } = kind;

    public sealed override IReadOnlyList<WireType> Types => [];

    public sealed override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        if (mentions.Count >= place.Limits.MaxReferences)
        {
            throw new RpcProtocolException(
                $"The message holds too many references: at most {place.Limits.MaxReferences} are accepted.", RpcErrorTypes.RangeError);
        }

        int index = mentions.Count;
        try
        {
            mentions.Add(new Mention { Kind = Kind, Id = FormGrammar.Id(ref reader, Name) });
            ScanRest(ref reader, place, index, ref mentions);
        }
        catch (RpcValueException malformed)
        {
            throw new RpcProtocolException(malformed.Message);
        }

        mentions[index].Form = FormGrammar.RangeFrom(place.Start, in reader);
        mentions[index].Descendants = mentions.Count - index - 1;
    }

    public sealed override object Read(ref Utf8JsonReader reader, int start)
    {
        FormGrammar.SkipToEnd(ref reader);
        return ReadScope.Current.Take(start);
    }

    /// <summary>
    /// Checks the elements after the id and stores them in <c>mentions[index]</c>. Moves the reader to the closing bracket.
    /// </summary>
    protected abstract void ScanRest(ref Utf8JsonReader reader, in FormPlace place, int index, ref MentionList mentions);
}

/// <summary>
/// The forms <c>["import", id, path, arguments]</c> and <c>["pipeline", …]</c>: an entry of the receiver's table, a property of that entry,
/// or the result of a call. The receiver replaces a pipeline by its result before the application sees the value.
/// </summary>
internal sealed class CallForm : ReferenceForm
{
    public static readonly CallForm Import = new("import", MentionKind.Import);
    public static readonly CallForm Pipeline = new("pipeline", MentionKind.Pipeline);

    private CallForm(string name, MentionKind kind)
        : base(name, kind)
    {
    }

    protected override void ScanRest(ref Utf8JsonReader reader, in FormPlace place, int index, ref MentionList mentions)
    {
        if (!FormGrammar.Next(ref reader))
        {
            return;
        }

        mentions[index].Path = FormGrammar.Path(ref reader, Name, place.Limits, ref mentions);
        if (!FormGrammar.Next(ref reader))
        {
            return;
        }

        int start = (int)reader.TokenStartIndex;
        ExpressionScanner.ScanArray(ref reader, place.Limits, ref mentions, place.Depth);
        mentions[index].Arguments = FormGrammar.RangeFrom(start, in reader);
        FormGrammar.End(ref reader, Name);
    }
}

/// <summary>The forms <c>["export", id]</c> and <c>["promise", id]</c>, which are an entry of the sender's table.</summary>
internal sealed class ExportForm : ReferenceForm
{
    public static readonly ExportForm Export = new("export", MentionKind.Export);
    public static readonly ExportForm Promise = new("promise", MentionKind.Promise);

    private ExportForm(string name, MentionKind kind)
        : base(name, kind)
    {
    }

    protected override void ScanRest(ref Utf8JsonReader reader, in FormPlace place, int index, ref MentionList mentions) =>
        FormGrammar.SkipToEnd(ref reader);
}

/// <summary>
/// The forms <c>["readable", id]</c> and <c>["writable", id]</c>, which are streams. This library does not support them yet.
/// </summary>
internal sealed class StreamForm : ReferenceForm
{
    public static readonly StreamForm Readable = new("readable", MentionKind.Readable);
    public static readonly StreamForm Writable = new("writable", MentionKind.Writable);

    private StreamForm(string name, MentionKind kind)
        : base(name, kind)
    {
    }

    protected override void ScanRest(ref Utf8JsonReader reader, in FormPlace place, int index, ref MentionList mentions)
    {
        FormGrammar.SkipToEnd(ref reader);
        mentions.Fault ??= ExpressionScanner.Refusal(Name);
    }
}

/// <summary>
/// The form <c>["remap", id, path, captures, instructions]</c>, which is a recorded <c>.map()</c>. The instructions are checked when the
/// map runs.
/// </summary>
internal sealed class RemapForm : ReferenceForm
{
    public static readonly RemapForm Instance = new();

    private RemapForm()
        : base("remap", MentionKind.Remap)
    {
    }

    protected override void ScanRest(ref Utf8JsonReader reader, in FormPlace place, int index, ref MentionList mentions)
    {
        reader.Read();
        TextRange path = FormGrammar.Path(ref reader, Name, place.Limits, ref mentions);
        ref Mention mention = ref mentions[index];
        mention.Path = path;
        reader.Read();
        mention.Captures = Captures(ref reader);
        reader.Read();
        FormGrammar.Expect(in reader, JsonTokenType.StartArray, Name, "instructions");
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        mention.Instructions = FormGrammar.RangeFrom(start, in reader);
        FormGrammar.End(ref reader, Name);
    }

    private TextRange Captures(ref Utf8JsonReader reader)
    {
        FormGrammar.Expect(in reader, JsonTokenType.StartArray, Name, "captures");
        int start = (int)reader.TokenStartIndex;
        while (FormGrammar.Next(ref reader))
        {
            FormGrammar.Expect(in reader, JsonTokenType.StartArray, Name, "a capture");
            reader.Read();
            if (ValueForms.Find(in reader) is not ReferenceForm { Kind: MentionKind.Import or MentionKind.Export } form)
            {
                throw new RpcProtocolException("Malformed remap: expected an import or an export as a capture.");
            }

            FormGrammar.Id(ref reader, form.Name);
            FormGrammar.End(ref reader, "capture");
        }

        return FormGrammar.RangeFrom(start, in reader);
    }
}
