using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Receives a value in which every promise has been replaced.</summary>
internal interface IDeliveryTarget
{
    /// <summary>Whether the receiver has counted the value that it waits for in the session's budget.</summary>
    bool HasCounted => false;

    /// <summary>Receives the complete value. All references that are left in it are stubs. The receiver owns the value.</summary>
    void Deliver(Expression<Hook> value);

    /// <summary>Receives the error: a promise in the value has failed, or the value has become too long or too deep.</summary>
    void Fail(Exception error);
}

/// <summary>Waits for the promises in a value and replaces them by their results. The results may contain promises again.</summary>
internal sealed class Delivery
{
    private readonly Expression<Hook> _value;
    private readonly SessionCore _session;
    private readonly IDeliveryTarget _target;
    private readonly WorkBudget _work;
    private readonly int _round;
    private readonly Expression<Hook>?[] _resolutions;
    private int _outstanding = 1;
    private int _isOver;

    // The bytes of the value and its resolutions that are counted in the session's budget while the value waits.
    private long _held;

    private Delivery(Expression<Hook> value, SessionCore session, IDeliveryTarget target, WorkBudget work, int round)
    {
        _value = value;
        _session = session;
        _target = target;
        _work = work;
        _round = round;
        _resolutions = new Expression<Hook>?[value.References.Count];
    }

    /// <summary>
    /// Delivers a value to the target and takes ownership of the value. Without promises this happens before the method returns.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="session">The session whose limits apply.</param>
    /// <param name="target">The receiver of the complete value.</param>
    /// <param name="work">The budget of the message with the value. It is null if the value gets a budget of its own.</param>
    public static void Run(Expression<Hook> value, SessionCore session, IDeliveryTarget target, WorkBudget? work = null) =>
        Run(value, session, target, work, 0);

    private static void Run(Expression<Hook> value, SessionCore session, IDeliveryTarget target, WorkBudget? work, int round)
    {
        for (; value.HasPromises(); round++)
        {
            // Each round nests the value at least one level deeper, so the depth limit also limits the number of rounds.
            if (round > session.Limits.MaxDepth)
            {
                value.Discard();
                target.Fail(CallErrors.TooDeep(session.Limits.MaxDepth));
                return;
            }

            var delivery = new Delivery(value, session, target, work ??= new WorkBudget(session.Limits.MaxWork), round);
            bool isCounted = round == 0 && target.HasCounted;
            if (!(isCounted || delivery.TryHold(value)))
            {
                return;
            }

            if (!delivery.ObserveAll())
            {
                session.Deliveries.Add(delivery);
                return;
            }

            if (delivery.Splice() is not { } spliced)
            {
                return;
            }

            value = spliced;
        }

        target.Deliver(value);
    }

    /// <returns>True if every promise was already settled.</returns>
    private bool ObserveAll()
    {
        for (int i = 0; i < _resolutions.Length && _isOver == 0; i++)
        {
            if (_value.References[i].IsPromise)
            {
                Interlocked.Increment(ref _outstanding);
                _value.References[i].Observe(new Place(this, i));
            }
        }

        return Interlocked.Decrement(ref _outstanding) == 0 && _isOver == 0;
    }

    private void OnSettled(int place, in Outcome outcome)
    {
        if (outcome.Error is { } error)
        {
            Fail(error);
            return;
        }

        Expression<Hook> resolution;
        try
        {
            resolution = outcome.Share();
        }
        catch (ObjectDisposedException disposed)
        {
            Fail(disposed);
            return;
        }

        _resolutions[place] = resolution;
        if (Volatile.Read(ref _isOver) != 0)
        {
            Interlocked.Exchange(ref _resolutions[place], null)?.Discard();
            return;
        }

        // The peer may release the promise, and the value then keeps the resolution.
        if (!TryHold(resolution))
        {
            return;
        }

        if (Interlocked.Decrement(ref _outstanding) == 0 && Splice() is { } spliced)
        {
            Run(spliced, _session, _target, _work, _round + 1);
        }
    }

    /// <summary>Counts a value until the delivery ends. If that is too much, the delivery fails.</summary>
    private bool TryHold(Expression<Hook> value)
    {
        long bytes = HeldBytes.Of(value);
        if (!_session.Held.TryAdd(bytes))
        {
            Fail(_session.Held.TooMuch);
            return false;
        }

        Interlocked.Add(ref _held, bytes);
        if (Volatile.Read(ref _isOver) != 0)
        {
            EndHold();
        }

        return true;
    }

    private void End()
    {
        EndHold();
        _session.Deliveries.Remove(this);
    }

    private void EndHold() => _session.Held.Remove(Interlocked.Exchange(ref _held, 0));

    /// <summary>
    /// Returns the value with every promise replaced by its result. Returns null if the delivery is over, or fails because the new
    /// value is too long or costs too much work.
    /// </summary>
    private Expression<Hook>? Splice()
    {
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return null;
        }

        long length = _value.Text.Length;
        foreach (Expression<Hook>? resolution in _resolutions)
        {
            length += resolution?.Text.Length ?? 0;
        }

        if (length > _session.Limits.MaxMessageSize)
        {
            Reject(CallErrors.TooLong(_session.Limits.MaxMessageSize));
            return null;
        }

        if (_work.IsUsedUp)
        {
            // Many values of one message may wait. An exception for each would take long.
            Reject(_work.TooMuch());
            return null;
        }

        try
        {
            // Each round copies the whole value.
            _work.SpendCopy(_value.Text.Length);
            foreach (Expression<Hook>? resolution in _resolutions)
            {
                _work.SpendValues(resolution is null ? default : resolution.Text.Span);
            }
        }
        catch (RpcException error)
        {
            Reject(error);
            return null;
        }

        Expression<Hook> spliced = _value.Splice(_resolutions);
        End();
        for (int i = 0; i < _resolutions.Length; i++)
        {
            if (_resolutions[i] is not null)
            {
                _value.References[i].Dispose();
            }
        }

        return spliced;
    }

    /// <summary>Whether the value was delivered or the delivery has failed.</summary>
    public bool IsOver => Volatile.Read(ref _isOver) != 0;

    /// <summary>Reports the first failure to the target. Later outcomes are ignored.</summary>
    public void Fail(Exception error)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
        {
            Reject(error);
        }
    }

    private void Reject(Exception error)
    {
        End();
        _value.Discard();
        for (int i = 0; i < _resolutions.Length; i++)
        {
            Interlocked.Exchange(ref _resolutions[i], null)?.Discard();
        }

        _target.Fail(error);
    }

    private sealed class Place(Delivery delivery, int index) : IOutcomeObserver
    {
        public void OnSettled(in Outcome outcome) => delivery.OnSettled(index, outcome);
    }
}

/// <summary>
/// The deliveries of a session that wait for promises. A peer can make a promise wait for itself, through a call of the application. Such
/// a delivery ends only with the session.
/// </summary>
internal sealed class WaitingDeliveries(SessionCore session)
{
    private readonly HashSet<Delivery> _all = [];

    public void Add(Delivery delivery)
    {
        lock (_all)
        {
            _all.Add(delivery);
        }

        // The promises may have settled, and the session may have ended, before the delivery was added.
        if (delivery.IsOver)
        {
            Remove(delivery);
        }
        else if (session.Error is { } error)
        {
            delivery.Fail(SessionEnding.Broken(error));
        }
    }

    public void Remove(Delivery delivery)
    {
        lock (_all)
        {
            _all.Remove(delivery);
        }
    }

    public Delivery[] TakeAll()
    {
        lock (_all)
        {
            Delivery[] all = [.. _all];
            _all.Clear();
            return all;
        }
    }
}
