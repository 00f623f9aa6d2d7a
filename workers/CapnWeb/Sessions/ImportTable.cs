using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The results and objects of the peer that this side can refer to: its own calls by positive ids, and the peer's exports by negative ids.
/// The caller holds the session's lock.
/// </summary>
internal sealed class ImportTable(SessionCore session)
{
    // There are two dictionaries, because a hostile peer could export a reference under a positive id, which belongs to a call.
    private readonly Dictionary<long, object> _calls = [];
    private readonly Dictionary<long, ImportHook> _exported = new(IdHash.Instance);
    private long _lastCall;

    public int Count => _calls.Count + _exported.Count;

    /// <summary>Number of calls of this side that the peer has not answered.</summary>
    public int CallCount => _calls.Count;

    public void AddMain(ImportHook main) => _exported.Add(main.Id, main);

    /// <summary>Returns the id of the next push.</summary>
    public long NextCall() => ++_lastCall;

    /// <summary>Adds a call, which is a <see cref="PendingCall"/> or an <see cref="ImportHook"/>.</summary>
    public void AddCall(long id, object call) => _calls.Add(id, call);

    /// <summary>Returns the hook for a stub that the peer has sent. The caller owns the hook.</summary>
    public Hook Import(long id)
    {
        if (_exported.TryGetValue(id, out ImportHook? known) && known.TryAddHolder())
        {
            known.Count++;
            return known;
        }

        return Add(id, ImportKind.Stub);
    }

    /// <summary>Returns the hook for a promise that the peer has sent. If its id is in use, the hook is an error.</summary>
    public Hook ImportPromise(long id) => _exported.ContainsKey(id)
        ? PromiseHook.Rejected(session, new RpcException("The peer gave a promise under an id that is in use."))
        : Add(id, ImportKind.Promise);

    /// <summary>Returns the import that a resolve or reject message is for. Returns null if nobody waits for it any more.</summary>
    public object? Find(long id) => _calls.GetValueOrDefault(id) ?? _exported.GetValueOrDefault(id);

    public bool RemoveCall(long id, object call) => _calls.TryGetValue(id, out object? found) && found == call && _calls.Remove(id);

    public void Remove(ImportHook hook)
    {
        // While the last holder released this hook, the peer may have sent the same id again. The id then has a new hook, which must stay.
        if (_exported.TryGetValue(hook.Id, out ImportHook? found) && found == hook)
        {
            _exported.Remove(hook.Id);
        }

        RemoveCall(hook.Id, hook);
    }

    public object[] TakeAll()
    {
        object[] all = [.. _calls.Values, .. _exported.Values];
        _calls.Clear();
        _exported.Clear();
        return all;
    }

    /// <summary>Returns the promises that only the peer can resolve.</summary>
    public ImportHook[] PeerPromises() => [.. _exported.Values.Where(hook => hook.Kind == ImportKind.Promise)];

    private ImportHook Add(long id, ImportKind kind)
    {
        if (id == 0 || (id > 0 && id <= _lastCall))
        {
            throw new RpcProtocolException($"The peer exported under the id {id}: expected a negative one.", RpcErrorTypes.Error);
        }

        if (_exported.Count > session.Limits.MaxImports)
        {
            throw new RpcProtocolException(
                $"The table of imports is full: at most {session.Limits.MaxImports} entries are accepted.", RpcErrorTypes.RangeError);
        }

        var hook = new ImportHook(session, id, kind);
        _exported[id] = hook;
        return hook;
    }
}
