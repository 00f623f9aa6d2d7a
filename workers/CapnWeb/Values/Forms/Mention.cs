using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The kinds of reference forms.</summary>
internal enum MentionKind : byte
{
    Import,
    Pipeline,
    Export,
    Promise,
    Remap,
    Readable,
    Writable,
}

/// <summary>
/// One reference form in a text. Ranges are offsets into the scanned text. The references inside a call's arguments follow in
/// the list, <see cref="Descendants"/> of them. Those in a remap's captures and instructions do not: they refer to other
/// tables, and are scanned when the map runs.
/// </summary>
internal struct Mention
{
    public MentionKind Kind;
    public long Id;
    public TextRange Form;

    /// <summary>A property path: an array of strings and numbers.</summary>
    public TextRange Path;

    /// <summary>The arguments of a call: a plain array of expressions. Missing where a property is read.</summary>
    public TextRange Arguments;

    /// <summary>The objects that a remap captures: an array of import and export forms.</summary>
    public TextRange Captures;

    /// <summary>The instructions of a remap: a plain array of expressions that have not been scanned.</summary>
    public TextRange Instructions;

    public int Descendants;
}
