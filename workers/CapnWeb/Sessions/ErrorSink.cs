using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The sink for errors of calls. It refuses references, and lets the application's callback replace errors.</summary>
internal sealed class ErrorSink(SessionCore session) : ReferenceSink
{
    public override RpcValueException? Refusal => new("A call's error holds no references.");

    public override void Write(ExpressionWriter writer, object reference) => throw Refusal!;

    public override bool IsReference(object value) => ReferenceHooks.IsReference(value);

    public override int Mark() => 0;

    public override void Rollback(int mark)
    {
    }

    public override Exception? Rewrite(Exception error) => session.Options.OnSendError?.Invoke(error);
}
