using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>The target that the transport tests serve, with a contract written by hand instead of generated.</summary>
internal interface IDesk
{
    int Square(int number);

    Task<int> WaitAsync(int id, CancellationToken cancellationToken);

    Task<int> AskBackAsync(RpcStub callback, CancellationToken cancellationToken);

    void Fail();
}

/// <summary>The target of one connection or batch. The request's service scope disposes it.</summary>
internal sealed class Desk(DeskWatch watch) : IDesk, IAsyncDisposable
{
    static Desk() => Register();

    public static void Register() => RpcContract.Register(new RpcContract<IDesk>(
        null,
        RpcMember<IDesk>.Method("square", (desk, call) => call.Return(desk.Square(call.Required<int>(0, "number")))),
        RpcMember<IDesk>.Method("wait", (desk, call) => call.Return(desk.WaitAsync(call.Required<int>(0, "id"), call.Cancellation))),
        RpcMember<IDesk>.Method(
            "askBack", (desk, call) => call.Return(desk.AskBackAsync(call.Required<RpcStub>(0, "callback"), call.Cancellation))),
        RpcMember<IDesk>.Method("fail", (desk, call) =>
        {
            desk.Fail();
            call.Return();
        })));

    public int Square(int number) => number * number;

    public async Task<int> WaitAsync(int id, CancellationToken cancellationToken)
    {
        watch.Arrived.TrySetResult();
        try
        {
            await watch.Go.Task.WaitAsync(cancellationToken);
            return id;
        }
        catch (OperationCanceledException)
        {
            watch.Cancelled.TrySetResult();
            throw;
        }
    }

    public async Task<int> AskBackAsync(RpcStub callback, CancellationToken cancellationToken) =>
        await callback.InvokeAsync<int, RpcArguments<int>>(null, RpcArguments.Of(1), cancellationToken);

    public void Fail() => throw new InvalidOperationException("the desk's own words");

    public ValueTask DisposeAsync()
    {
        watch.Disposed++;
        return default;
    }
}

/// <summary>Shows a test what its desks did, and completes their waiting calls.</summary>
internal sealed class DeskWatch
{
    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Disposed { get; set; }
}
