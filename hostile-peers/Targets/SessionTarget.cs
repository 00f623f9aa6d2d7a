using System.Text;
using Microsoft.Extensions.Time.Testing;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Hostile.Mutating;

namespace WorkerRpc.Hostile.Targets;

/// <summary>
/// A session whose peer is a script. A session that lives after the script must answer a call, and must hold nothing after the peer has
/// released everything. A session that ends must end by an error for the peer.
/// </summary>
internal sealed class SessionTarget : IFuzzTarget
{
    public IEnumerable<KeyValuePair<string, byte[]>> Seeds =>
        Inputs.Traces.Concat(Inputs.Hostile).Select(input => KeyValuePair.Create(input.Name, Encoding.UTF8.GetBytes(input.Text)));

    public bool NeedsRecipes => true;

    public FuzzOutcome Run(byte[] input) => Costs.Check(input, () =>
    {
        bool isRecipe = Recipe.IsRecipe(input);
        using var session = new ScriptedSession(repairs: isRecipe && !Recipe.IsWild(input));
        return session.Run(isRecipe
            ? Recipe.Apply(input, Inputs.Parsed).Select(message => ((string?)null, (JsonTree?)message))
            : Encoding.UTF8.GetString(input).Split('\n').Select(line => ((string?)line, JsonTree.TryParse(line))));
    });
}

/// <summary>One session, and the peer that attacks it.</summary>
internal sealed class ScriptedSession : IDisposable
{
    // Answers can lead to more calls of the peer, which are answered too. This many rounds are enough for every conversation.
    private const int MaxRounds = 50;

    // The mutator makes no longer chains of calls that wait for each other.
    private const int MaxChain = 20_000;

    // A session that lives holds one entry for each side's main object.
    private static readonly (int Imports, int Exports, int Calls) s_empty = (1, 1, 0);

    // The forms that refer to results of the session.
    private static readonly string[] s_ownReferences = ["\"pipeline\"", "\"import\"", "\"remap\""];

    // Calls that wait for the peer do not end before the peer has said farewell.
    private static readonly TimeSpan s_longPatience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(5);

    // The releases of the session are delayed by less than this time.
    private static readonly TimeSpan s_releaseDelay = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly ScriptedTransport _transport = new();
    private readonly Victim _victim = new();
    private readonly Peer _peer = new();
    private readonly RpcSession _session;
    private readonly List<string> _delivered = [];
    private readonly bool _repairs;
    // Whether the peer knows the tables: it has repaired every message, or no message needed it.
    private bool _isTracked = true;

    // Whether an answer of the peer refers to a result of the session, which may itself wait for that answer. Such calls wait until the
    // session ends, and keep their arguments.
    private bool _mayCircle;

    /// <param name="repairs">Whether the peer repairs the messages before it sends them.</param>
    public ScriptedSession(bool repairs)
    {
        _repairs = repairs;
        _session = new RpcSession(
            _transport,
            _victim,
            Victim.Contract,
            new RpcSessionOptions { TimeProvider = _clock, AllowSynchronousContinuations = true });
        // A call of the session, so that answers of the script have a target. Its result keeps no stub.
        _ = _session.Main.Call<Nothing, RpcArguments>("x", default).AsTask().ContinueWith(
            call => call.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Observe();
    }

    /// <summary>Runs the script. Each message has a text, or else a value from which the text is made.</summary>
    public FuzzOutcome Run(IEnumerable<(string? Text, JsonTree? Value)> script)
    {
        try
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach ((string? text, JsonTree? value) in script)
            {
                Send(text, value as JsonList);
            }

            bool lived = _session.Error is null;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            CheckEnd();
            if (allocated > Costs.HeldBytes)
            {
                CheckHeld();
            }

            if (lived && _isTracked)
            {
                CheckLife();
            }

            CheckEnded();
            return new FuzzOutcome(lived, _delivered.Count);
        }
        catch (Exception e) when (e is not FuzzFailureException)
        {
            throw Failure($"{e.GetType().Name}: {e.Message}", e);
        }
    }

    public void Dispose()
    {
        FinishAll();
        Await(_session.DisposeAsync().AsTask(), "the end of the session");
        Await(_transport.DisposeAsync().AsTask(), "the end of the transport");
    }

    private void Send(string? text, JsonList? message)
    {
        JsonList? repaired = message is null ? null : _peer.Repair(_repairs ? message : (JsonList)message.Copy());
        string? effective = _repairs ? repaired?.ToString() : text ?? message!.ToString();
        if (effective is null || _session.Error is not null)
        {
            return;
        }

        _mayCircle |= effective.StartsWith("[\"resolve\"", StringComparison.Ordinal)
            && s_ownReferences.Any(form => effective.Contains(form, StringComparison.Ordinal));
        _isTracked &= repaired is not null && repaired.ToString() == effective;
        _delivered.Add(effective);
        _transport.Deliver(effective);
        Observe();
    }

    // Returns whether the session has sent a message.
    private bool Observe(string? expected = null)
    {
        bool isSent = false;
        Await(_session.FlushAsync(), "a flush");
        foreach (string sent in _transport.TakeSent())
        {
            isSent |= sent == expected;
            _peer.Observe(JsonTree.TryParse(sent) as JsonList ?? throw Failure($"The session sent invalid JSON: {sent}"));
        }

        return isSent;
    }

    private void CheckEnd()
    {
        if (_session.Error is { } error
            && (error is not RpcException || error.Message.Contains("could not be handled", StringComparison.Ordinal)))
        {
            throw Failure($"The session ended by {error.GetType().Name}: {error.Message}", error);
        }
    }

    private void CheckHeld()
    {
        long withSession = GC.GetTotalMemory(forceFullCollection: true);
        long results = _session.Statistics.Exports;
        FinishAll();
        Await(_session.DisposeAsync().AsTask(), "the end of the session");
        long held = withSession - GC.GetTotalMemory(forceFullCollection: true);
        if (held > Costs.HeldBytes)
        {
            throw Failure($"The session held {held >> 20} MiB, with {results} exports: expected at most {Costs.HeldBytes >> 20} MiB.");
        }

        _isTracked = false;
    }

    private void CheckLife()
    {
        SayFarewell();
        (JsonList push, JsonList pull, long id) = _peer.Probe();
        Deliver(push);
        _transport.Deliver(pull.ToString());
        string answer = FormattableString.Invariant($"[\"resolve\",{id},9]");
        // The call waits for its start while too many others run.
        if (!SpinWait.SpinUntil(() => FinishAll() | Observe(answer), s_longPatience))
        {
            throw Failure($"The living session did not answer a call. {_session.Error?.Message}");
        }

        SayFarewell();
        if (!SpinWait.SpinUntil(() => FinishAll() | IsEmpty(), s_patience) && !_mayCircle && !SpinWait.SpinUntil(IsEmpty, s_longPatience))
        {
            throw Failure($"After everything is released, the session holds {_session.Statistics}.");
        }
    }

    // What waits for itself ends with the session at the latest.
    private void CheckEnded()
    {
        FinishAll();
        Await(_session.DisposeAsync().AsTask(), "the end of the session");
        if (!SpinWait.SpinUntil(() => FinishAll() | HoldsNothing(), s_longPatience))
        {
            throw Failure($"After its end, the session holds {_session.Statistics}.");
        }
    }

    private bool HoldsNothing() => _session.Statistics is { Imports: 0, Exports: 0, CallsInFlight: 0 };

    private bool IsEmpty()
    {
        RpcStatistics tables = _session.Statistics;
        return (tables.Imports, tables.Exports, tables.CallsInFlight) == s_empty;
    }

    private void SayFarewell()
    {
        WaitForCalls();
        for (int round = 0; round < MaxRounds && _peer.Farewell() is { Count: > 0 } messages; round++)
        {
            messages.ForEach(Deliver);
            WaitForCalls();
            _clock.Advance(s_releaseDelay);
            Observe();
        }

        _clock.Advance(s_releaseDelay);
        Observe();
    }

    // The thread pool ends calls whose members had to wait. Those that wait for the peer do not end here.
    private void WaitForCalls()
    {
        SpinWait.SpinUntil(() => FinishAll() | _session.Statistics.CallsInFlight == 0, s_patience);
        Observe();
    }

    // A call whose argument is the result of another call begins when that one has ended. Returns false, for use in conditions.
    private bool FinishAll()
    {
        for (int i = 0; i < MaxChain && _victim.Finish(); i++)
        {
        }

        return false;
    }

    private void Deliver(JsonList message)
    {
        _transport.Deliver(message.ToString());
        Observe();
    }

    private void Await(Task task, string what)
    {
        if (!Blocking.TryWait(task))
        {
            throw Failure($"The session hung: {what} did not come.");
        }
    }

    private FuzzFailureException Failure(string message, Exception? cause = null) => new(message, Costs.Text(_delivered), cause);

    private sealed record Nothing;
}
