using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Checks the nesting depth of values that are sent. Only values with many levels need this check.</summary>
internal static class SendDepth
{
    /// <summary>Checks the nesting depth of a value that has been written.</summary>
    /// <param name="text">The text of the value.</param>
    /// <param name="depth">The nesting depth of the value in its message.</param>
    /// <exception cref="RpcValueException">The value is nested too deep.</exception>
    public static void Check(ReadOnlySpan<byte> text, int depth)
    {
        MentionList mentions = default;
        try
        {
            ExpressionScanner.ScanAll(text, RpcLimits.Trusted, ref mentions, depth);
        }
        catch (RpcProtocolException error)
        {
            throw Refusal(error);
        }
        finally
        {
            mentions.Dispose();
        }
    }

    public static RpcValueException Refusal(Exception? cause = null) =>
        new(
            $"The value cannot be sent: it is nested too deep, at most {RpcLimits.Trusted.MaxDepth} levels are accepted. "
            + "Does it hold itself?",
            cause)
        {
            IsTooDeep = true,
        };
}
