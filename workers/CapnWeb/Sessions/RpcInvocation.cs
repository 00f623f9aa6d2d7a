using System.Diagnostics;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// One call of a member: its arguments and its result. The member must read all arguments before it returns or awaits anything, and must
/// set one result. The object is reused for other calls. At the end of the call, stubs among the arguments are disposed, so duplicate a
/// stub to keep it. Stubs in the result belong to the caller.
/// </summary>
public sealed class RpcInvocation : IDeliveryTarget
{
    // A call ends after two events: the member has returned, and the result is set.
    private const int CallParts = 2;

    private readonly SessionCore _session;
    private readonly InvocationArguments _arguments;
    private TargetHook? _target;
    private RpcMember? _member;
    private ExportEntry? _entry;
    private CallHook? _hook;
    private CancellationTokenSource? _cancellation;
    private Activity? _activity;

    // The budget of the message that makes the call. It is null for a plain call, which is alone in its message.
    private WorkBudget? _work;
    private long _held;
    private int _partsLeft;
    private bool _isAbandoned;
    private bool _hasResult;

    internal RpcInvocation(SessionCore session)
    {
        _session = session;
        _arguments = new InvocationArguments(session);
    }

    /// <summary>
    /// A token that is cancelled when the caller cancels the call or the session ends. The token source is created at the first read.
    /// </summary>
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

    /// <summary>The number of arguments.</summary>
    public int ArgumentCount => _arguments.Count;

    /// <summary>Reads a required argument.</summary>
    /// <param name="index">The position of the argument, starting at 0.</param>
    /// <param name="parameter">The parameter's name, for the error message.</param>
    /// <exception cref="RpcValueException">
    /// The argument is missing, or is not a <typeparamref name="T"/>. Undefined is treated as missing, unless the type is <c>object</c> or
    /// <see cref="RpcUndefined"/>.
    /// </exception>
    public T Required<T>(int index, string parameter) =>
        _arguments.Has(index) || (AcceptsUndefined<T>() && index < _arguments.Count)
            ? _arguments.Read<T>(index)
            : throw CallErrors.Missing(parameter, index);

    /// <summary>Reads an optional argument. Returns <paramref name="missing"/> if the argument does not exist or is undefined.</summary>
    /// <exception cref="RpcValueException">The argument is not a <typeparamref name="T"/>.</exception>
    public T Optional<T>(int index, T missing) => _arguments.Has(index) ? _arguments.Read<T>(index) : missing;

    /// <summary>Ends the call without a result. The caller receives undefined.</summary>
    public void Return() => Return(default(RpcVoid));

    /// <summary>Ends the call with a result.</summary>
    public void Return<T>(T value)
    {
        BeginResult();
        Complete(value);
    }

    /// <summary>Ends the call with the result of the task, as soon as the task completes.</summary>
    public void Return<T>(Task<T> task) => Return(new ValueTask<T>(task));

    /// <inheritdoc cref="Return{T}(Task{T})"/>
    public void Return<T>(ValueTask<T> task)
    {
        BeginResult();
        AwaitedResult<T>.Await(this, task);
    }

    /// <summary>Ends the call without a result, as soon as the task completes.</summary>
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

    internal void Prepare(TargetHook target, RpcMember member, CallHook hook, WorkBudget? work)
    {
        Prepare(target, member);
        _hook = hook;
        _work = work;
        hook.Invocation = this;
    }

    /// <summary>Runs the member with arguments that contain no references.</summary>
    internal void Run(ReadOnlyMemory<byte> message, TextRange arguments, bool isScanned)
    {
        _arguments.Begin(message, arguments, isScanned, _member!);
        Run();
    }

    /// <summary>Runs the member with the arguments that were set.</summary>
    internal void Run()
    {
        Activity? outer = Activity.Current;
        _activity = SessionTelemetry.StartServed(_target!.Contract, _member!);
        try
        {
            if (_work is { IsUsedUp: true } work)
            {
                Reject(work.TooMuch());
            }
            else
            {
                _member!.Run(_target!.Instance, this);
            }

            if (!_hasResult)
            {
                Return();
            }
        }
        catch (Exception error)
        {
            if (_hasResult)
            {
                _session.Log.CallbackFailed(error);
            }
            else
            {
                Reject(error);
            }
        }
        // After this point the message's memory must not be read, and the thread may serve another call. So the arguments are closed here.
        if (_arguments.Close() is { } broken)
        {
            _session.End(broken, SessionEnd.Aborted);
        }

        Activity.Current = outer;
        Leave();
    }

    bool IDeliveryTarget.HasCounted => true;

    void IDeliveryTarget.Deliver(Expression<Hook> value)
    {
        if (!TryHold(value))
        {
            value.Discard();
            Fail(CallErrors.TooMuchHeld(_session.Limits.MaxHeldBytes));
            return;
        }

        _arguments.Begin(value);
        _session.Incoming.Start(this);
    }

    void IDeliveryTarget.Fail(Exception error) => Fail(error);

    /// <summary>Adds the size of the arguments to the session's budget until the call ends. Returns false if they are too long.</summary>
    internal bool TryHold(Expression<Hook> arguments)
    {
        long more = HeldBytes.Of(arguments) - _held;
        if (more > 0 && !_session.Held.TryAdd(more))
        {
            return false;
        }

        _held += Math.Max(more, 0);
        return true;
    }

    /// <summary>Ends a call that has not started.</summary>
    internal void Fail(Exception error)
    {
        _session.Incoming.Skip();
        Reject(error);
        Leave();
    }

    /// <summary>Creates a promise of this call's result. The caller holds the session's lock.</summary>
    internal Hook Promise() => new CallHook(_session) { Invocation = this };

    /// <summary>Records that nobody waits for the result. The caller cancels the returned source after it has released all locks.</summary>
    internal CancellationTokenSource? Abandon()
    {
        lock (_arguments)
        {
            _isAbandoned = true;
            return _cancellation;
        }
    }

    /// <summary>Ends the call with its result. If there is no room for the result, the call waits with it and keeps running.</summary>
    internal void Complete<T>(T value)
    {
        _arguments.Clear();
        _activity?.Dispose();
        _activity = null;
        bool isDone = _entry is { } entry
            ? _session.Answers.TryComplete(this, entry, value)
            : _session.Answers.TryComplete(this, _hook!, value);
        if (isDone)
        {
            Finish();
        }
    }

    internal void Reject(Exception error)
    {
        _hasResult = true;
        _work?.SpendFault(_arguments.Length);
        _arguments.Clear();
        SessionTelemetry.Failed(_activity, error);
        _activity?.Dispose();
        bool isExpected = !CallErrors.IsUnexpected(error) || _isAbandoned || _session.Error is not null;
        if (!isExpected && _session.Options.OnSendError is null)
        {
            // Logs the exception even if nobody ever asks for the result.
            _ = _session.Log.General(error, _member!.Name);
        }

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

    private static bool AcceptsUndefined<T>() => typeof(T) == typeof(object) || typeof(T) == typeof(RpcUndefined);

    private void BeginResult()
    {
        if (_hasResult)
        {
            throw new InvalidOperationException($"'{_member?.Name}' has given a second result: expected one.");
        }

        _hasResult = true;
    }

    private void Prepare(TargetHook target, RpcMember member)
    {
        _target = target;
        _target.Duplicate();
        _member = member;
        _partsLeft = CallParts;
        _hasResult = false;
        _isAbandoned = false;
    }

    private void Finish()
    {
        _activity = null;
        _target!.Dispose();
        if (_held > 0)
        {
            _session.Held.Remove(_held);
            _held = 0;
        }

        _session.Incoming.End();
        Leave();
        if (_session.Answers.Waiting.HasAny)
        {
            _session.Answers.Waiting.Send();
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _partsLeft) == 0)
        {
            _entry = null;
            _hook = null;
            _target = null;
            _member = null;
            _work = null;
            _cancellation = null;
            _session.Incoming.Return(this);
        }
    }
}
