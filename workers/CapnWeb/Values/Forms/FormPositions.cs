using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Finds the reference forms in a text that has been scanned before.</summary>
internal static class FormPositions
{
    /// <summary>Returns the positions of the reference forms in order, without forms inside other forms.</summary>
    public static TextRange[] Find(ReadOnlySpan<byte> text)
    {
        MentionList mentions = default;
        try
        {
            ExpressionScanner.ScanAll(text, RpcLimits.Trusted, ref mentions);
            return mentions.TopLevelForms();
        }
        catch (RpcProtocolException error)
        {
            // Only the call fails, because the peer has sent no invalid text: the text was within the limits until a promise in it was
            // replaced by its result.
            throw new RpcValueException(error.Message, error);
        }
        finally
        {
            mentions.Dispose();
        }
    }

    /// <summary>
    /// Returns the index of the form that begins at an offset. If there is none, returns the bitwise complement of the next form's index.
    /// </summary>
    public static int IndexOf(ReadOnlySpan<TextRange> forms, int offset) => forms.BinarySearch(new FormAt(offset));

    private readonly struct FormAt(int offset) : IComparable<TextRange>
    {
        public int CompareTo(TextRange form) => offset.CompareTo(form.Start);
    }
}
