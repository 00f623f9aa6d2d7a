using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What this side can name at the peer: its own calls by positive ids, and what the peer has given. Under the session's lock.</summary>
internal sealed class ImportTable(SessionCore session)
{
    // Apart, because nobody keeps a peer from exporting under a positive id.
    private readonly Dictionary<long, object> _calls = [];
    private readonly Dictionary<long, ImportHook> _given = [];
    private long _lastCall;

    public int Count => _calls.Count + _given.Count;

    public void AddMain(ImportHook main) => _given.Add(main.Id, main);

    /// <summary>The id that the next push takes.</summary>
    public long NextCall() => ++_lastCall;

    /// <summary>Keeps a call: a <see cref="PendingCall"/> or an <see cref="ImportHook"/>.</summary>
    public void AddCall(long id, object call) => _calls.Add(id, call);

    /// <summary>A stub that the peer mentions; the caller's to dispose.</summary>
    public Hook Give(long id)
    {
        if (_given.TryGetValue(id, out ImportHook? known) && known.TryHold())
        {
            known.Count++;
            return known;
        }
        return Add(id, ImportKind.Stub);
    }

    /// <summary>A promise that the peer mentions. One with an id in use is an error in its place.</summary>
    public Hook GivePromise(long id) => _given.ContainsKey(id)
        ? PromiseHook.Rejected(session, new RpcException("The peer gave a promise under an id that is in use."))
        : Add(id, ImportKind.Promise);

    /// <summary>What a resolution is for; null where it is not awaited any more.</summary>
    public object? Find(long id) => _calls.GetValueOrDefault(id) ?? _given.GetValueOrDefault(id);

    public bool RemoveCall(long id, object call) => _calls.TryGetValue(id, out object? found) && found == call && _calls.Remove(id);

    public void Remove(ImportHook hook)
    {
        // An id given again while its last holder let go has a new hook.
        if (_given.TryGetValue(hook.Id, out ImportHook? found) && found == hook)
        {
            _given.Remove(hook.Id);
        }
        RemoveCall(hook.Id, hook);
    }

    public object[] TakeAll()
    {
        object[] all = [.. _calls.Values, .. _given.Values];
        _calls.Clear();
        _given.Clear();
        return all;
    }

    /// <summary>Promises that can be resolved by the peer alone.</summary>
    public ImportHook[] GivenPromises() => [.. _given.Values.Where(hook => hook.Kind == ImportKind.Promise)];

    private ImportHook Add(long id, ImportKind kind)
    {
        if (id == 0 || (id > 0 && id <= _lastCall))
        {
            throw new RpcProtocolException($"The peer exported under the id {id}: expected a negative one.", RpcErrorTypes.Error);
        }
        if (_given.Count > session.Limits.MaxImports)
        {
            throw new RpcProtocolException(
                $"The table of imports is full: at most {session.Limits.MaxImports} entries are accepted.", RpcErrorTypes.RangeError);
        }
        var hook = new ImportHook(session, id, kind);
        _given[id] = hook;
        return hook;
    }
}
