using System.Globalization;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What the peer can name: its pushes' results by positive ids, references given to it by negative ones, the main
/// object by 0. Under the session's lock.</summary>
internal sealed class ExportTable(SessionCore session)
{
    private const int MaxSpare = 1024;

    private readonly Dictionary<long, ExportEntry> _entries = [];
    private readonly Stack<ExportEntry> _spare = new();
    private long _lastPush;
    private long _lastGiven;
    private int _unanswered;
    private TaskCompletionSource? _settled;

    public int Count => _entries.Count;

    /// <summary>Pushes that are neither pulled nor given back.</summary>
    public int Unpulled { get; private set; }

    /// <summary>Completes when everything pulled, and every promise given, is answered.</summary>
    public Task SettledAsync() => _unanswered == 0
        ? Task.CompletedTask
        : (_settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void AddMain(Hook main) => _entries.Add(0, NewEntry(0, main, isPush: false));

    /// <summary>The entry of the peer's next push.</summary>
    public ExportEntry AddPush(Hook? hook)
    {
        CheckRoom();
        if (Unpulled >= session.Limits.MaxUnpulledPushes)
        {
            throw new RpcProtocolException(
                $"Too many pushes neither pulled nor released: at most {session.Limits.MaxUnpulledPushes} are accepted.", RpcErrorTypes.RangeError);
        }
        ExportEntry entry = NewEntry(++_lastPush, hook, isPush: true);
        _entries.Add(entry.Id, entry);
        Unpulled++;
        return entry;
    }

    /// <summary>Gives the peer a reference, which is taken over, under a new id.</summary>
    public ExportEntry AddGiven(Hook hook)
    {
        CheckRoom();
        ExportEntry entry = NewEntry(--_lastGiven, hook, isPush: false);
        _entries.Add(entry.Id, entry);
        return entry;
    }

    public ExportEntry? Find(long id) => _entries.GetValueOrDefault(id);

    /// <summary>The entry that a message names.</summary>
    /// <exception cref="RpcProtocolException">There is none.</exception>
    public ExportEntry Get(long id) => Find(id)
        ?? throw new RpcProtocolException(string.Create(CultureInfo.InvariantCulture, $"No entry {id} on the table of exports."), RpcErrorTypes.Error);

    /// <summary>The peer wants to know how an entry ends.</summary>
    public void Pull(ExportEntry entry)
    {
        Unpulled -= entry.IsPush ? 1 : 0;
        entry.IsPulled = true;
        _unanswered++;
    }

    /// <summary>An entry that has no end to tell: a pipe.</summary>
    public void SetUnanswerable(ExportEntry entry)
    {
        Unpulled--;
        entry.IsPulled = entry.IsAnswered = true;
    }

    /// <summary>The peer knows how an entry ended.</summary>
    public void Answered(ExportEntry entry)
    {
        entry.IsAnswered = true;
        EndWait();
    }

    /// <summary>Takes an entry out. The hook that it held is returned, to be let go outside the lock.</summary>
    public Hook? Remove(ExportEntry entry, out CancellationTokenSource? abandoned)
    {
        abandoned = null;
        session.Answers.Forget(entry);
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
            // The call ends it.
            return entry.Hook;
        }
        Hook? hook = entry.Clear();
        // One that waits for a hook may still be told of its end, and must not be another by then.
        if (!wasAsked)
        {
            Spare(entry);
        }
        return hook;
    }

    /// <summary>A call has ended whose entry had been given back meanwhile.</summary>
    public void Recycle(ExportEntry entry)
    {
        if (entry.Hook is null)
        {
            entry.Clear();
            Spare(entry);
        }
    }

    public ExportEntry[] TakeAll()
    {
        ExportEntry[] all = [.. _entries.Values];
        _entries.Clear();
        _settled?.TrySetResult();
        return all;
    }

    private void Spare(ExportEntry entry)
    {
        if (_spare.Count < MaxSpare)
        {
            _spare.Push(entry);
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
            throw new RpcProtocolException(
                $"The table of exports is full: at most {session.Limits.MaxExports} entries are accepted.", RpcErrorTypes.RangeError);
        }
    }

    private ExportEntry NewEntry(long id, Hook? hook, bool isPush)
    {
        ExportEntry entry = _spare.TryPop(out ExportEntry? spare) ? spare : new ExportEntry(session);
        entry.Begin(id, hook, isPush);
        return entry;
    }
}
