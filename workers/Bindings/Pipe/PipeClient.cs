using System.Buffers;
using System.IO.Pipelines;
using MessagePack;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>
/// The caller's half: any number of calls in flight over one connection, each found again by its id, in whatever order
/// the answers come. Where the connection ends, all its calls end.
/// </summary>
internal sealed class PipeClient : IRuntimeStub
{
    private readonly PipeReader _input;
    private readonly FrameSender _output;
    private readonly PipeConnection _connection;
    private readonly Task _reading;

    // Guards the places, all that were ever in use at once, and those of them that are free. An array that is full is
    // replaced, so that a place is found without the lock; and the place that was freed last stands apart for the next call.
    private readonly Lock _lock = new();
    private readonly Stack<PendingCall> _free = [];
    private PendingCall[] _calls = [];
    private PendingCall? _freedLast;
    private Exception? _ended;
    private long _receivedBytes;

    public PipeClient(PipeConnection connection)
    {
        _connection = connection;
        _input = connection.Input;
        _output = new FrameSender(connection);
        _reading = ReadAsync();
    }

    public Traffic Traffic => new(_output.BodyBytes, Volatile.Read(ref _receivedBytes));

    /// <summary>The calls that the table has room for: the most that ever were in flight at once.</summary>
    internal int TableSize
    {
        get
        {
            lock (_lock)
            {
                return _calls.Length;
            }
        }
    }

    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation) =>
        ExecuteAsync(request, leftMs: null, cancellation);

    // The runtime is told the time too, so that its work ends even where a word from here would come late.
    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, TimeSpan deadline, CancellationToken cancellation) =>
        Deadline.HoldAsync(deadline, expiring => ExecuteAsync(request, (long)Math.Ceiling(deadline.TotalMilliseconds), expiring), cancellation);

    /// <summary>The place of a call that was awaited takes the next one.</summary>
    internal void Free(PendingCall call)
    {
        if (Interlocked.Exchange(ref _freedLast, call) is { } before)
        {
            lock (_lock)
            {
                _free.Push(before);
            }
        }
    }

    /// <summary>Tells the runtime that nobody waits for a call any more.</summary>
    internal void TellGivenUp(ulong callId)
    {
        ValueTask telling;
        try
        {
            telling = _output.SendAsync(FrameKind.Cancel, callId, default(NoBody), CancellationToken.None);
        }
        catch (IOException)
        {
            // The other end is gone, and the call's work with it.
            return;
        }

        if (!telling.IsCompletedSuccessfully)
        {
            _ = FinishAsync(telling);
        }

        static async Task FinishAsync(ValueTask telling)
        {
            try
            {
                await telling;
            }
            catch (IOException)
            {
                // As above.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The runtime answers what it has been sent, and then ends its direction.
        _output.Complete();
        await _reading;
    }

    private ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, long? leftMs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        PendingCall call = Begin(FunctionList.Find(request.FunctionId));
        try
        {
            ValueTask sent = _output.SendAsync(FrameKind.Call, call.Id, new CallBody(leftMs, request), cancellation);
            if (!sent.IsCompletedSuccessfully)
            {
                return AwaitSendingAsync(sent, call, cancellation);
            }
        }
        catch (Exception e)
        {
            call.Fail(call.Id, Unsent(e));
        }

        return call.AnswerAsync(cancellation);
    }

    private static async ValueTask<ExecuteResponse> AwaitSendingAsync(ValueTask sending, PendingCall call, CancellationToken cancellation)
    {
        try
        {
            await sending;
        }
        catch (Exception e)
        {
            call.Fail(call.Id, Unsent(e));
        }

        return await call.AnswerAsync(cancellation);
    }

    private static Exception Unsent(Exception e) => e is IOException ? new RuntimeUnreachableException($"The runtime cannot be reached: {e.Message}", e) : e;

    private PendingCall Begin(Function function)
    {
        PendingCall call = Interlocked.Exchange(ref _freedLast, null) ?? TakePlace();
        call.Begin(function);
        // After it has begun: whoever ends the connection from here on finds it.
        if (Volatile.Read(ref _ended) is { } ended)
        {
            call.FailAny(ended);
        }

        return call;
    }

    private PendingCall TakePlace()
    {
        lock (_lock)
        {
            if (_free.TryPop(out PendingCall? free))
            {
                return free;
            }

            var call = new PendingCall(this, _calls.Length, _connection.Scheduling == PipeScheduling.Inline);
            Volatile.Write(ref _calls, [.. _calls, call]);
            return call;
        }
    }

    private async Task ReadAsync()
    {
        Exception ended;
        try
        {
            var thread = new BorrowedThread(_connection.Scheduling);
            while (true)
            {
                ValueTask<ReadResult> reading = _input.ReadAsync();
                if (thread.MustBeGivenBack(reading.IsCompleted))
                {
                    await Task.Yield();
                }

                ReadResult read = await reading;
                ReadOnlySequence<byte> arrived = read.Buffer;
                bool holds = false;
                while (FrameHead.TryTake(ref arrived, _connection.MaxFrameBytes, out FrameHead head, out ReadOnlySequence<byte> body))
                {
                    if (!holds && !arrived.IsEmpty)
                    {
                        // More than one: the calls that their callers go on to make on this thread leave together.
                        holds = true;
                        _output.Hold();
                    }

                    Answer(head, body);
                }

                bool broken = read.IsCompleted && !arrived.IsEmpty;
                _input.AdvanceTo(arrived.Start, arrived.End);
                if (holds)
                {
                    _output.Release();
                }

                if (read.IsCompleted)
                {
                    ended = new RuntimeUnreachableException(broken ? "The runtime's end of the pipe ended within a frame." : "The runtime's end of the pipe is closed.");
                    break;
                }
            }
        }
        catch (Exception e)
        {
            ended = new RuntimeUnreachableException($"The connection to the runtime ended: {e.Message}", e);
        }

        End(ended);
    }

    private void Answer(FrameHead head, in ReadOnlySequence<byte> body)
    {
        // Only here is it written.
        Volatile.Write(ref _receivedBytes, _receivedBytes + head.BodyBytes);
        if (head.Kind is not (FrameKind.Result or FrameKind.Error))
        {
            throw new BrokenFrameException($"The runtime sent a frame of kind {head.Kind}: expected {FrameKind.Result} or {FrameKind.Error}.");
        }

        // Nobody waits any more for the answer to a call that was cancelled.
        if (Find(head.CallId) is not { } call || call.FunctionOf(head.CallId) is not { } function)
        {
            return;
        }

        var reader = new MessagePackReader(body);
        try
        {
            if (head.Kind == FrameKind.Result)
            {
                call.Succeed(head.CallId, MessagePackWire.ReadResponse(ref reader, function));
            }
            else
            {
                call.Fail(head.CallId, ErrorBody.Read(ref reader));
            }
        }
        catch (RuntimeUnreachableException e)
        {
            call.Fail(head.CallId, e);
        }
    }

    private PendingCall? Find(ulong callId)
    {
        uint index = PendingCall.IndexOf(callId);
        PendingCall[] calls = Volatile.Read(ref _calls);
        return index < (uint)calls.Length ? calls[index] : null;
    }

    private void End(Exception ended)
    {
        Interlocked.Exchange(ref _ended, ended);
        _output.Complete();
        _input.Complete();
        foreach (PendingCall call in Volatile.Read(ref _calls))
        {
            call.FailAny(ended);
        }
    }
}
