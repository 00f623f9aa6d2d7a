using System.Globalization;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The results and objects of this side that the peer can refer to. Results of the peer's pushes have positive ids, exported references
/// have negative ids, and the main object has 0. The caller holds the session's lock.
/// </summary>
internal sealed class ExportTable(SessionCore session)
{
    private const int MaxPooled = 1024;

    private readonly Dictionary<long, ExportEntry> _entries = [];
    private readonly Stack<ExportEntry> _pool = new();
    private long _lastPush;
    private long _lastExport;
    private int _unanswered;
    private TaskCompletionSource? _settled;

    public int Count => _entries.Count;

    /// <summary>The bytes of all results that entries keep as text.</summary>
    public long TextBytes { get; set; }

    /// <summary>Number of the peer's pushes that it has neither pulled nor released.</summary>
    public int Unpulled { get; private set; }

    /// <summary>Returns a task that completes when every pulled result and every exported promise has been answered.</summary>
    public Task SettledAsync() => _unanswered == 0
        ? Task.CompletedTask
        : (_settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void AddMain(Hook main) => _entries.Add(0, NewEntry(0, main, isPush: false));

    /// <summary>Adds an entry for the result of the peer's next push.</summary>
    public ExportEntry AddPush(Hook? hook)
    {
        CheckRoom();
        if (Unpulled >= session.Limits.MaxUnpulledPushes)
        {
            throw new RpcProtocolException(
                $"Too many pushes neither pulled nor released: at most {session.Limits.MaxUnpulledPushes} are accepted.",
                RpcErrorTypes.RangeError);
        }

        ExportEntry entry = NewEntry(++_lastPush, hook, isPush: true);
        _entries.Add(entry.Id, entry);
        Unpulled++;
        return entry;
    }

    /// <summary>Adds a reference that is sent to the peer, under a new id. Takes ownership of the hook.</summary>
    public ExportEntry AddExport(Hook hook)
    {
        CheckRoom();
        ExportEntry entry = NewEntry(--_lastExport, hook, isPush: false);
        _entries.Add(entry.Id, entry);
        return entry;
    }

    public ExportEntry? Find(long id) => _entries.GetValueOrDefault(id);

    /// <summary>Returns the entry with the id from a received message.</summary>
    /// <exception cref="RpcProtocolException">There is no such entry.</exception>
    public ExportEntry Get(long id) => Find(id)
        ?? throw new RpcProtocolException(
            string.Create(CultureInfo.InvariantCulture, $"No entry {id} on the table of exports."), RpcErrorTypes.Error);

    /// <summary>Records that the peer waits for the entry's result.</summary>
    public void Pull(ExportEntry entry)
    {
        Unpulled -= entry.IsPush ? 1 : 0;
        entry.IsPulled = true;
        _unanswered++;
    }

    /// <summary>Records that the entry never gets an answer, as for a pipe.</summary>
    public void SetUnanswerable(ExportEntry entry)
    {
        Unpulled--;
        entry.IsPulled = entry.IsAnswered = true;
    }

    /// <summary>Records that the entry's result has been sent.</summary>
    public void Answered(ExportEntry entry)
    {
        entry.IsAnswered = true;
        EndWait();
    }

    /// <summary>Returns the entries for whose results the peer waits.</summary>
    public ExportEntry[] Unanswered() => [.. _entries.Values.Where(entry => entry is { IsPulled: true, IsAnswered: false })];

    /// <summary>
    /// Removes an entry. The caller must dispose the returned hook and cancel <paramref name="abandoned"/> after it has released the
    /// session's lock.
    /// </summary>
    public Hook? Remove(ExportEntry entry, out CancellationTokenSource? abandoned)
    {
        abandoned = null;
        session.Answers.OnReleased(entry);
        _entries.Remove(entry.Id);
        entry.Count = 0;
        Unpulled -= entry is { IsPush: true, IsPulled: false } ? 1 : 0;
        if (entry is { IsPulled: true, IsAnswered: false })
        {
            EndWait();
        }

        bool isRunning = entry.Call is not null;
        abandoned = entry.Hook is null ? entry.Call?.Abandon() : null;
        bool wasAsked = entry.Hook is not null;
        if (isRunning)
        {
            // The running call still uses the entry. At its end the call returns the entry to the pool.
            return entry.Hook;
        }

        Hook? hook = entry.Clear();
        // An entry that had a hook is not reused: the hook may still report its outcome to this object, which would then be another call's
        // entry.
        if (!wasAsked)
        {
            ReturnToPool(entry);
        }

        return hook;
    }

    /// <summary>Returns an entry to the pool. Its call has ended, and the peer released the entry before that.</summary>
    public void Recycle(ExportEntry entry)
    {
        if (entry.Hook is null)
        {
            entry.Clear();
            ReturnToPool(entry);
        }
    }

    public ExportEntry[] TakeAll()
    {
        ExportEntry[] all = [.. _entries.Values];
        _entries.Clear();
        _settled?.TrySetResult();
        return all;
    }

    private void ReturnToPool(ExportEntry entry)
    {
        if (_pool.Count < MaxPooled)
        {
            _pool.Push(entry);
        }
    }

    private void EndWait()
    {
        if (--_unanswered == 0)
        {
            _settled?.TrySetResult();
            _settled = null;
        }
    }

    private void CheckRoom()
    {
        if (_entries.Count >= session.Limits.MaxExports)
        {
            throw Full();
        }
    }

    private RpcProtocolException Full() =>
        new($"The table of exports is full: at most {session.Limits.MaxExports} entries are accepted.", RpcErrorTypes.RangeError);

    private ExportEntry NewEntry(long id, Hook? hook, bool isPush)
    {
        ExportEntry entry = _pool.TryPop(out ExportEntry? pooled) ? pooled : new ExportEntry(session);
        entry.Begin(id, hook, isPush);
        return entry;
    }
}
