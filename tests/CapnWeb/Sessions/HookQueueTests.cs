using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Work that waits for other work on the same thread, when some of it throws.</summary>
public sealed class HookQueueTests
{
    [Fact]
    public void Failing_work_ends_its_session_alone_and_the_rest_runs()
    {
        (SessionCore failing, SessionCore other) = (Create(), Create());
        var last = new TestHook(other, () => { });
        var first = new TestHook(failing, () =>
        {
            HookQueue.Run(last, HookWork.NotifyObservers);
            throw new InvalidOperationException("unexpected");
        });

        HookQueue.Run(first, HookWork.NotifyObservers);

        Assert.True(last.HasRun);
        Assert.IsType<RpcProtocolException>(failing.Error);
        Assert.Null(other.Error);
    }

    [Fact]
    public void Failing_deferred_work_ends_its_session_and_the_rest_runs()
    {
        SessionCore session = Create();
        var last = new TestHook(session, () => { });
        lock (session.Gate)
        {
            var failing = new TestHook(session, () => throw new InvalidOperationException("unexpected"));
            session.Defer(new Deferred(failing, Observer.Instance));
            session.Defer(new Deferred(last));
        }

        session.RunDeferred();

        Assert.True(last.HasRun);
        Assert.IsType<RpcProtocolException>(session.Error);
    }

    private static SessionCore Create() => new(new ScriptedTransport(), new RpcSessionOptions());

    private sealed class TestHook(SessionCore session, Action work) : Hook(session)
    {
        public bool HasRun { get; private set; }

        public override bool IsPromise => false;

        internal override void OnReleased() => Work();

        internal override void NotifyObservers() => Work();

        protected override void ObserveSelf(IOutcomeObserver observer) => Work();

        protected override CallStep Step(PathRest path, Expression<Hook>? arguments) => throw new NotSupportedException();

        private void Work()
        {
            HasRun = true;
            work();
        }
    }

    private sealed class Observer : IOutcomeObserver
    {
        public static Observer Instance { get; } = new();

        public void OnSettled(in Outcome outcome)
        {
        }
    }
}
