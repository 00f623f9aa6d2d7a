using System.Diagnostics.CodeAnalysis;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Passes the end of a session on to the callbacks of one stub, until the stub is disposed.</summary>
[SuppressMessage("Design", "CA1001", Justification = "No timer or wait handle stands behind the token, which is used after the end.")]
internal sealed class BrokenSignal
{
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenRegistration _registration;

    public BrokenSignal(CancellationToken session) =>
        _registration = session.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);

    public CancellationToken Token => _source.Token;

    public void Disconnect() => _registration.Unregister();
}
