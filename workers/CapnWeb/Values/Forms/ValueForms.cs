using System.Text;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The forms of the protocol.</summary>
internal static class ValueForms
{
    /// <summary>The list of all forms. To add a form, write its class and add one line to this list.</summary>
    public static IReadOnlyList<ValueForm> All { get; } =
    [
        UndefinedForm.Instance,
        NumberForm.Infinity,
        NumberForm.NegativeInfinity,
        NumberForm.NaN,
        BytesForm.Instance,
        BigIntForm.Instance,
        DateForm.Instance,
        UrlForm.Instance,
        ErrorForm.Instance,
        CallForm.Pipeline,
        CallForm.Import,
        ExportForm.Export,
        ExportForm.Promise,
        RemapForm.Instance,
        StreamForm.Readable,
        StreamForm.Writable,
        BlobForm.Instance,
        HeadersForm.Instance,
        RequestForm.Instance,
        ResponseForm.Instance,
    ];

    private static readonly FormTable s_table = new(All);

    /// <summary>
    /// Finds the form for the type code at the reader's position. Returns null for any other token and for an unknown code.
    /// </summary>
    public static ValueForm? Find(ref readonly Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? null
        : reader.ValueIsEscaped ? s_table.Find(Encoding.UTF8.GetBytes(JsonText.Read(in reader)))
        : s_table.Find(reader.ValueSpan);
}

/// <summary>
/// Finds forms by type code. The constructor throws if two forms contradict each other, so the error appears before any message is read.
/// </summary>
internal sealed class FormTable
{
    // The index is the length of the type code. At most four codes have the same length.
    private readonly ValueForm[][] _byLength;

    /// <exception cref="InvalidOperationException">Two forms share a type code, or a .NET type belongs to two forms.</exception>
    public FormTable(IReadOnlyList<ValueForm> forms)
    {
        ThrowIfTwice(forms.Select(form => form.Name), "type code");
        ThrowIfTwice(forms.SelectMany(form => form.Types).Select(type => type.Type.ToString()), ".NET type");
        _byLength = [.. Enumerable.Range(0, forms.Max(form => form.Utf8Name.Length) + 1)
            .Select(length => forms.Where(form => form.Utf8Name.Length == length).ToArray())];
    }

    public ValueForm? Find(ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty && name.Length < _byLength.Length)
        {
            foreach (ValueForm form in _byLength[name.Length])
            {
                // The first byte is compared separately, because this avoids most calls of SequenceEqual.
                if (name[0] == form.Utf8Name[0] && name.SequenceEqual(form.Utf8Name))
                {
                    return form;
                }
            }
        }

        return null;
    }

    private static void ThrowIfTwice(IEnumerable<string> names, string what)
    {
        if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
        {
            throw new InvalidOperationException($"Two value forms have the {what} '{twice}': expected one form for each.");
        }
    }
}
