using System.Diagnostics;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>One call as the called member sees it: its arguments, and the place for its result. Read all arguments before the
/// member returns or awaits anything, and give one result; the object is used again for another call afterwards.
/// Stubs among the arguments end with the call unless they are duplicated; stubs in the result are given away with it.</summary>
public sealed class RpcInvocation : IDeliveryTarget
{
    // The member has returned; the result has been given.
    private const int PartsOfACall = 2;

    private readonly SessionCore _session;
    private readonly InvocationArguments _arguments;
    private TargetHook? _target;
    private RpcMember? _member;
    private ExportEntry? _entry;
    private CallHook? _hook;
    private CancellationTokenSource? _cancellation;
    private Activity? _activity;
    private int _partsLeft;
    private bool _isAbandoned;
    private bool _isGiven;

    internal RpcInvocation(SessionCore session)
    {
        _session = session;
        _arguments = new InvocationArguments(session);
    }

    /// <summary>Fires when the caller has given the call up, or the session is over. Costs nothing where nobody asks for it.</summary>
    public CancellationToken Cancellation
    {
        get
        {
            lock (_arguments)
            {
                return _isAbandoned ? new CancellationToken(true) : (_cancellation ??= new()).Token;
            }
        }
    }

    /// <summary>How many arguments came.</summary>
    public int ArgumentCount => _arguments.Count;

    /// <summary>Whether an argument came and is not undefined.</summary>
    public bool HasArgument(int index) => _arguments.Has(index);

    /// <summary>An argument that has to come.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="parameter">Its name, for the error.</param>
    /// <exception cref="RpcValueException">It is missing, or undefined where <typeparamref name="T"/> is neither object nor
    /// <see cref="RpcUndefined"/>, or cannot be read as <typeparamref name="T"/>.</exception>
    public T Required<T>(int index, string parameter) =>
        _arguments.Has(index) || (TakesUndefined<T>() && index < _arguments.Count)
            ? _arguments.Read<T>(index)
            : throw CallErrors.Missing(parameter, index);

    /// <summary>An argument, or <paramref name="missing"/> where it did not come or is undefined.</summary>
    /// <exception cref="RpcValueException">It cannot be read as <typeparamref name="T"/>.</exception>
    public T Optional<T>(int index, T missing) => _arguments.Has(index) ? _arguments.Read<T>(index) : missing;

    /// <summary>The member has no result: undefined.</summary>
    public void Return() => Return(default(RpcVoid));

    /// <summary>The member's result.</summary>
    public void Return<T>(T value)
    {
        BeginResult();
        Complete(value);
    }

    /// <summary>The member's result, when the task completes.</summary>
    public void Return<T>(Task<T> task) => Return(new ValueTask<T>(task));

    /// <inheritdoc cref="Return{T}(Task{T})"/>
    public void Return<T>(ValueTask<T> task)
    {
        BeginResult();
        AwaitedResult<T>.Await(this, task);
    }

    /// <summary>Undefined, when the task completes.</summary>
    public void Return(Task task) => Return(new ValueTask(task));

    /// <inheritdoc cref="Return(Task)"/>
    public void Return(ValueTask task)
    {
        BeginResult();
        AwaitedEnd.Await(this, task);
    }

    internal void Prepare(TargetHook target, RpcMember member, ExportEntry entry)
    {
        Prepare(target, member);
        _entry = entry;
        entry.Call = this;
    }

    internal void Prepare(TargetHook target, RpcMember member, CallHook hook)
    {
        Prepare(target, member);
        _hook = hook;
        hook.Running = this;
    }

    /// <summary>Runs the member on arguments without references, read from the message's text.</summary>
    internal void Run(ReadOnlyMemory<byte> message, TextRange arguments, bool isScanned)
    {
        _arguments.Begin(message, arguments, isScanned, _member!);
        Run();
    }

    void IDeliveryTarget.Deliver(Expression<Hook> value)
    {
        _arguments.Begin(value);
        Run();
    }

    void IDeliveryTarget.Fail(Exception error)
    {
        Reject(error);
        Leave();
    }

    /// <summary>Under the session's lock: the promise of the call that runs for an entry.</summary>
    internal Hook Promise() => new CallHook(_session) { Running = this };

    /// <summary>Nobody waits for the result any more. What is returned is to be cancelled, outside any lock.</summary>
    internal CancellationTokenSource? Abandon()
    {
        lock (_arguments)
        {
            _isAbandoned = true;
            return _cancellation;
        }
    }

    /// <summary>The result has come.</summary>
    internal void Complete<T>(T value)
    {
        _arguments.Clear();
        _activity?.Dispose();
        if (_entry is { } entry)
        {
            _session.Answers.Complete(entry, value);
        }
        else
        {
            _session.Answers.Complete(_hook!, value);
        }
        Finish();
    }

    internal void Reject(Exception error)
    {
        _isGiven = true;
        _arguments.Clear();
        SessionTelemetry.Failed(_activity, error);
        _activity?.Dispose();
        _session.Log.CallFailed(_member!.Name, error);
        if (_entry is { } entry)
        {
            _session.Answers.Fail(entry, error);
        }
        else
        {
            _hook!.Settle(Outcome.Failed(error));
        }
        Finish();
    }

    private static bool TakesUndefined<T>() => typeof(T) == typeof(object) || typeof(T) == typeof(RpcUndefined);

    private void BeginResult()
    {
        if (_isGiven)
        {
            throw new InvalidOperationException($"'{_member?.Name}' has given a second result: expected one.");
        }
        _isGiven = true;
    }

    private void Prepare(TargetHook target, RpcMember member)
    {
        _target = target;
        _target.Duplicate();
        _member = member;
        _partsLeft = PartsOfACall;
        _isGiven = false;
        _isAbandoned = false;
    }

    private void Run()
    {
        Activity? outer = Activity.Current;
        _activity = SessionTelemetry.StartServed(_target!.Contract, _member!);
        try
        {
            _member!.Run(_target!.Instance, this);
            if (!_isGiven)
            {
                Return();
            }
        }
        catch (Exception error)
        {
            if (_isGiven)
            {
                _session.Log.CallbackFailed(error);
            }
            else
            {
                Reject(error);
            }
        }
        // The frame is gone, and what this thread does next is another call's.
        if (_arguments.Close() is { } broken)
        {
            _session.End(broken, SessionEnd.Aborted);
        }
        Activity.Current = outer;
        Leave();
    }

    private void Finish()
    {
        _activity = null;
        _target!.Dispose();
        _session.Running.End();
        Leave();
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _partsLeft) == 0)
        {
            _entry = null;
            _hook = null;
            _target = null;
            _member = null;
            _cancellation = null;
            _session.Running.Return(this);
        }
    }
}
