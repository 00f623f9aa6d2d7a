using System.Text;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// One special form of the protocol: an array that begins with a type code, such as <c>["date", 0]</c>. All code for a form is in its
/// class. So a new form is one class and one line in <see cref="ValueForms.All"/>.
/// </summary>
/// <param name="name">The type code of the form, for example "date".</param>
internal abstract class ValueForm(string name)
{
    /// <summary>The type code of the form, for example "date".</summary>
    public string Name { get; } = name;

    /// <summary>The type code in UTF-8.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>The .NET types whose values are always written as this form.</summary>
    public abstract IReadOnlyList<WireType> Types { get; }

    /// <summary>
    /// Checks the form and lists the references in it. Moves the reader from the type code to the closing bracket.
    /// </summary>
    /// <exception cref="RpcValueException">The form is a malformed value. Its call fails.</exception>
    /// <exception cref="RpcProtocolException">A reference is malformed, or the form exceeds a limit. This ends the session.</exception>
    public abstract void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions);

    /// <summary>
    /// Returns the time that reading and writing the form takes beyond that of other text, in units of <see cref="WorkBudget"/>. The reader
    /// is at the form's first element, a string.
    /// </summary>
    public virtual long ConversionUnits(ref readonly Utf8JsonReader reader) => 0;

    /// <summary>
    /// Reads the form as an <c>object</c>. The form has already been scanned. Moves the reader from the type code to the closing bracket.
    /// </summary>
    /// <param name="reader">The reader, at the type code.</param>
    /// <param name="start">The offset of the form's opening bracket in the text.</param>
    public abstract object Read(ref Utf8JsonReader reader, int start);
}

/// <summary>The place of a form in the message that is being scanned.</summary>
/// <param name="Start">The offset of the form's opening bracket in the text.</param>
/// <param name="Depth">The number of values around the form. It is 0 for a pushed or resolved expression.</param>
/// <param name="Limits">The session's limits.</param>
internal readonly record struct FormPlace(int Start, int Depth, RpcLimits Limits);
