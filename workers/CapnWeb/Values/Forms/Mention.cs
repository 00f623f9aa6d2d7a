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
/// One reference form in a text. Ranges are byte offsets into the scanned text. References inside a call's arguments follow this one in the
/// list; <see cref="Descendants"/> is their number. References in a remap's captures and instructions are not listed: they refer to other
/// tables, and are scanned when the map runs.
/// </summary>
internal struct Mention
{
    public MentionKind Kind;
    public long Id;
    public TextRange Form;

    /// <summary>The position of the property path, which is an array of strings and numbers.</summary>
    public TextRange Path;

    /// <summary>The position of the arguments of a call. Its length is 0 if a property is read instead.</summary>
    public TextRange Arguments;

    /// <summary>The position of the objects that a remap captures, which is an array of import and export forms.</summary>
    public TextRange Captures;

    /// <summary>The position of the instructions of a remap, which is an array of expressions that have not been scanned.</summary>
    public TextRange Instructions;

    public int Descendants;
}
