using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Places of the reference forms in a text that was scanned before.</summary>
internal static class FormPositions
{
    /// <summary>The forms that lie in no other, in order.</summary>
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
            // It comes from no peer any more: a resolution put into it may have made it too deep.
            throw new RpcValueException(error.Message, error);
        }
        finally
        {
            mentions.Dispose();
        }
    }

    /// <summary>Which form begins at the offset; negative where none does: the complement of the first behind it.</summary>
    public static int IndexOf(ReadOnlySpan<TextRange> forms, int offset) => forms.BinarySearch(new FormAt(offset));

    private readonly struct FormAt(int offset) : IComparable<TextRange>
    {
        public int CompareTo(TextRange form) => offset.CompareTo(form.Start);
    }
}
