using System.Text;
using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>Builds the message batches that a session passes to its transport.</summary>
internal static class Batches
{
    public static RpcMessages Of(params string[] messages)
    {
        var bytes = new List<byte>();
        var ends = new List<int>();
        foreach (string message in messages)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(message));
            ends.Add(bytes.Count);
        }

        return new RpcMessages(bytes.ToArray(), ends.ToArray());
    }

    public static ValueTask SendAsync(this IRpcTransport transport, params string[] messages) =>
        transport.SendAsync(Of(messages), TestContext.Current.CancellationToken);
}
