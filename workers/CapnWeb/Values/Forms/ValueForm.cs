using System.Text;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// One special form of the protocol: an array that begins with a type code. The class of a form holds everything that the
/// library does with it. So a new form is one class and one line in <see cref="ValueForms.All"/>.
/// </summary>
/// <param name="name">The type code.</param>
internal abstract class ValueForm(string name)
{
    /// <summary>The type code.</summary>
    public string Name { get; } = name;

    /// <summary>The type code in UTF-8.</summary>
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>The .NET types that are always written as this form.</summary>
    public abstract IReadOnlyList<WireType> Types { get; }

    /// <summary>
    /// Checks the form and lists the references in it. Moves the reader from the type code to the closing bracket.
    /// </summary>
    /// <exception cref="RpcProtocolException">The form is malformed or exceeds a limit. This ends the session.</exception>
    public abstract void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions);

    /// <summary>
    /// Reads the form for a receiver that declares <c>object</c>. The form has been scanned. Moves the reader from the type
    /// code to the closing bracket.
    /// </summary>
    /// <param name="reader">Stands on the type code.</param>
    /// <param name="start">Offset of the opening bracket in the text.</param>
    public abstract object Read(ref Utf8JsonReader reader, int start);
}

/// <summary>The place of a form in the message that is being scanned.</summary>
/// <param name="Start">Offset of the opening bracket in the text.</param>
/// <param name="Depth">How many values are around the form: 0 for a pushed or resolved expression.</param>
/// <param name="Limits">The session's limits.</param>
internal readonly record struct FormPlace(int Start, int Depth, RpcLimits Limits);
