using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The forms of an expression that refer to something beyond the text.</summary>
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
/// One reference form in a text. Ranges are offsets into the scanned text; an empty range says that the part is missing.
/// The mentions within a call's own arguments follow it in the list, <see cref="Descendants"/> of them; those of a remap's
/// captures and instructions do not (they mean other tables) and are scanned when the map runs.
/// </summary>
internal struct Mention
{
    public MentionKind Kind;
    public long Id;
    public TextRange Form;

    /// <summary>The path: an array of strings and numbers.</summary>
    public TextRange Path;

    /// <summary>The arguments: a bare array of expressions. Missing where a property is meant.</summary>
    public TextRange Arguments;

    /// <summary>A remap's captures: an array of import and export forms.</summary>
    public TextRange Captures;

    /// <summary>A remap's instructions: a bare array of expressions that nobody has looked at yet.</summary>
    public TextRange Instructions;

    public int Descendants;
}
