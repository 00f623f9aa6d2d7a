using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Captures the arguments of a call that is not written to the peer immediately.</summary>
internal static class CapturedArguments
{
    /// <exception cref="RpcException">An argument cannot be sent.</exception>
    public static Expression<Hook> Of<TArgs>(SessionCore session, TArgs args)
        where TArgs : IRpcArguments
    {
        var capture = new CaptureSink(session, takesStubs: false);
        using var writer = new ExpressionWriter();
        try
        {
            writer.WriteRaw((byte)'[');
            var arguments = new RpcArgumentWriter(session.Serializer, writer, capture);
            args.Write(ref arguments);
            writer.WriteRaw((byte)']');
        }
        catch
        {
            capture.Drop();
            session.RunDeferred();
            throw;
        }

        return capture.Take(writer.WrittenSpan, out _);
    }
}
