using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Messages;

/// <summary>One message of the peer: its name, its numbers, and where its parts stand in the text.</summary>
/// <param name="Kind">The name.</param>
/// <param name="Id">The table entry of a pull, resolve, reject or release; else 0.</param>
/// <param name="Count">The count of a release; else 0.</param>
/// <param name="Expression">The expression; missing where the message has none.</param>
/// <param name="Call">The call that a push makes, where it calls one method and the arguments hold no reference.</param>
/// <param name="IsScanned">
/// Whether the expression has been checked. One that has not holds no special form, but may be no JSON: whoever reads the value
/// finds out.
/// </param>
internal readonly record struct ReceivedMessage(
    MessageKind Kind, long Id, long Count, TextRange Expression, MethodCall Call, bool IsScanned)
{
    /// <summary>
    /// Reads a message. An expression without a special form is not scanned, because reading its value checks it too: scanning
    /// a text of 100 KB first took a third of the time of a call.
    /// </summary>
    /// <exception cref="RpcProtocolException">The text is no message, or exceeds a limit.</exception>
    public static ReceivedMessage Read(ReadOnlySpan<byte> text, RpcLimits limits, ref MentionList mentions) =>
        PlainMessage.TryRead(text, limits, out ReceivedMessage message) ? message : MessageScanner.Scan(text, limits, ref mentions);
}

/// <summary>A call of one method by its name.</summary>
/// <param name="Target">The id of the called object.</param>
/// <param name="Name">The method's name, in UTF-8 without escapes.</param>
/// <param name="Arguments">The array of arguments; missing where there is no such call.</param>
internal readonly record struct MethodCall(long Target, TextRange Name, TextRange Arguments);
