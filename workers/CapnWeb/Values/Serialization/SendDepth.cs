using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>The sender's side of the depth limit, for the few values that come near it.</summary>
internal static class SendDepth
{
    /// <summary>Checks the text of a value that stands at this depth of its message.</summary>
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
        new($"The value cannot be sent: it is nested too deep, at most {RpcLimits.Trusted.MaxDepth} levels are accepted. Does it hold itself?", cause)
        {
            IsTooDeep = true,
        };
}
