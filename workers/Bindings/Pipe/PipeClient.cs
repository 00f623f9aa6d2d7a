using System.Buffers;
using System.IO.Pipelines;
using MessagePack;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>
/// The caller's side of a connection. Any number of concurrent calls share the connection. Answers can arrive in any order: the
/// id in an answer identifies its call. When the connection ends, all pending calls fail.
/// </summary>
internal sealed class PipeClient : IRuntimeStub
{
    private readonly PipeReader _input;
    private readonly FrameSender _output;
    private readonly PipeConnection _connection;
    private readonly Task _reading;

    // The lock guards the table of slots: _calls contains all slots, _free the unused slots. A full _calls array is replaced by a
    // larger array, so that threads can read it without the lock. _freedLast is the most recently freed slot, which the next call
    // uses without the lock.
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

    /// <summary>The number of slots in the table. It is the highest number of calls that were ever pending at the same time.</summary>
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
        ExecuteAsync(request, remainingMs: null, cancellation);

    // The deadline is also sent to the runtime, so that the function is stopped in time even if the Cancel frame arrives late.
    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, TimeSpan deadline, CancellationToken cancellation) =>
        Deadline.ApplyAsync(
            deadline, limited => ExecuteAsync(request, (long)Math.Ceiling(deadline.TotalMilliseconds), limited), cancellation);

    /// <summary>Makes the slot of a finished call available to later calls. It is called when the caller has received the answer.</summary>
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

    /// <summary>Notifies the runtime that a call was cancelled.</summary>
    internal void SendCancel(ulong callId)
    {
        ValueTask sending;
        try
        {
            sending = _output.SendAsync(FrameKind.Cancel, callId, default(NoBody), CancellationToken.None);
        }
        catch (IOException)
        {
            // The runtime's end of the connection is closed, so the runtime has already stopped the call.
            return;
        }

        if (!sending.IsCompletedSuccessfully)
        {
            _ = FinishAsync(sending);
        }

        static async Task FinishAsync(ValueTask sending)
        {
            try
            {
                await sending;
            }
            // The runtime's end of the connection is closed, so the runtime has already stopped the call.
            catch (IOException)
            {
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The caller closes its direction. The runtime answers all calls that it has received and then closes the other direction,
        // which completes the read loop.
        _output.Complete();
        await _reading;
    }

    private ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, long? remainingMs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        PendingCall call = Begin(FunctionList.Find(request.FunctionId));
        try
        {
            ValueTask sent = _output.SendAsync(FrameKind.Call, call.Id, new CallBody(remainingMs, request), cancellation);
            if (!sent.IsCompletedSuccessfully)
            {
                return AwaitSendingAsync(sent, call, cancellation);
            }
        }
        catch (Exception e)
        {
            call.Fail(call.Id, ToCallError(e));
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
            call.Fail(call.Id, ToCallError(e));
        }

        return await call.AnswerAsync(cancellation);
    }

    private static Exception ToCallError(Exception e) =>
        e is IOException ? new RuntimeUnreachableException($"The runtime cannot be reached: {e.Message}", e) : e;

    private PendingCall Begin(Function function)
    {
        PendingCall call = Interlocked.Exchange(ref _freedLast, null) ?? RentSlot();
        call.Begin(function);
        // The field _ended is read after the call has begun. If the connection ends after this read, End() finds the call in the table
        // and fails it.
        if (Volatile.Read(ref _ended) is { } ended)
        {
            call.FailCurrent(ended);
        }

        return call;
    }

    private PendingCall RentSlot()
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
            var thread = new InlineThread(_connection.Scheduling);
            while (true)
            {
                ValueTask<ReadResult> reading = _input.ReadAsync();
                if (thread.MustYield(reading.IsCompleted))
                {
                    await Task.Yield();
                }

                ReadResult read = await reading;
                ReadOnlySequence<byte> arrived = read.Buffer;
                bool isBatching = false;
                while (FrameHead.TryTake(ref arrived, _connection.MaxFrameBytes, out FrameHead head, out ReadOnlySequence<byte> body))
                {
                    if (!isBatching && !arrived.IsEmpty)
                    {
                        // Several answers have arrived together. Their callers continue on this thread and may make new
                        // calls. One flush sends all of
                        // these calls.
                        isBatching = true;
                        _output.BeginBatch();
                    }

                    Answer(head, body);
                }

                bool broken = read.IsCompleted && !arrived.IsEmpty;
                _input.AdvanceTo(arrived.Start, arrived.End);
                if (isBatching)
                {
                    _output.EndBatch();
                }

                if (read.IsCompleted)
                {
                    ended = new RuntimeUnreachableException(
                        broken ? "The runtime's end of the pipe ended within a frame." : "The runtime's end of the pipe is closed.");
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
        // An interlocked addition is not needed, because only the read loop writes this field.
        Volatile.Write(ref _receivedBytes, _receivedBytes + head.BodyBytes);
        if (head.Kind is not (FrameKind.Result or FrameKind.Error))
        {
            throw new BrokenFrameException(
                $"The runtime sent a frame of kind {head.Kind}: expected {FrameKind.Result} or {FrameKind.Error}.");
        }

        // The call is not found if it was cancelled while it waited. Its answer is then ignored.
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
            call.FailCurrent(ended);
        }
    }
}
