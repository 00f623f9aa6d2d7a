using System.Buffers;
using System.IO.Pipelines;
using MessagePack;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>
/// The runtime's side of one connection. It reads calls in order and runs their functions concurrently. Each call is answered
/// when its function completes, so a slow call does not delay later calls.
/// </summary>
internal sealed class PipeSession
{
    private readonly PipeConnection _connection;
    private readonly PipeReader _input;
    private readonly FrameSender _output;
    private readonly ILogger _logger;

    // The calls whose functions are still running; the key is the call's id. A Cancel frame finds its call here.
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, RunningCall> _running = [];

    // The cancellation source of a finished call. The next call reuses it, because most calls are never cancelled.
    private CancellationTokenSource? _reusable;
    private bool _stopping;

    // True after the session was aborted. Calls that are registered later are cancelled at once.
    private bool _aborted;

    public PipeSession(PipeConnection connection, ILogger logger)
    {
        _connection = connection;
        _input = connection.Input;
        _output = new FrameSender(connection);
        _logger = logger;
        Ended = RunAsync();
    }

    /// <summary>A task that completes when the connection has ended.</summary>
    public Task Ended { get; }

    /// <summary>Refuses new calls, and completes when all calls that arrived before are answered.</summary>
    /// <param name="cancellation">The token that cancels the functions that are still running.</param>
    public async Task StopAsync(CancellationToken cancellation)
    {
        Volatile.Write(ref _stopping, true);
        _input.CancelPendingRead();
        await using (cancellation.UnsafeRegister(session => ((PipeSession)session!).CancelAll(), this))
        {
            await Ended;
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await ReadAsync();
            await _input.CompleteAsync();
            await WhenCallsEndAsync();
            _output.Complete();
        }
        catch (Exception e)
        {
            // The caller has disconnected or sent an invalid frame. Nobody reads the answers any more, so all calls are cancelled.
            CancelAll();
            await _input.CompleteAsync(e);
            _output.Complete(e);
        }
    }

    private async Task ReadAsync()
    {
        var thread = new InlineThread(_connection.Scheduling);
        Task? ending = null;
        while (ending is not { IsCompleted: true })
        {
            ValueTask<ReadResult> reading = _input.ReadAsync();
            if (thread.MustYield(reading.IsCompleted))
            {
                await Task.Yield();
            }

            ReadResult read = await reading;
            if (ending is null && Volatile.Read(ref _stopping))
            {
                // The session is stopping. All earlier calls are registered by now, and new calls are refused. The loop continues to read
                // until the earlier calls have ended, so that new calls get their refusal at once.
                ending = WhenCallsEndAsync();
                _ = WakeAfterAsync(ending);
            }

            ReadOnlySequence<byte> arrived = read.Buffer;
            bool isBatching = false;
            bool advanced = false;
            while (!advanced
                && FrameHead.TryTake(ref arrived, _connection.MaxFrameBytes, out FrameHead head, out ReadOnlySequence<byte> body))
            {
                IncomingFrame frame = Decode(head, body);
                if (arrived.IsEmpty)
                {
                    // The request's memory is released before the answer is written. A large answer then reuses this memory
                    // while it is still in
                    // the CPU cache.
                    _input.AdvanceTo(arrived.Start);
                    advanced = true;
                }
                else if (!isBatching)
                {
                    // Several frames have arrived together. One flush sends the answers of all calls that complete at once.
                    isBatching = true;
                    _output.BeginBatch();
                }

                // The task is pending only if the caller does not read its answers. Until the caller reads them, the loop
                // starts no more of its
                // calls.
                ValueTask serving = ServeAsync(frame, refuses: ending is not null);
                if (!serving.IsCompletedSuccessfully)
                {
                    isBatching = false;
                    _output.EndBatch();
                    await serving;
                }
            }

            bool broken = read.IsCompleted && !arrived.IsEmpty;
            if (!advanced)
            {
                _input.AdvanceTo(arrived.Start, arrived.End);
            }

            if (isBatching)
            {
                _output.EndBatch();
            }

            if (broken)
            {
                throw new BrokenFrameException("The caller's end of the pipe ended within a frame.");
            }

            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static IncomingFrame Decode(FrameHead head, in ReadOnlySequence<byte> body)
    {
        if (head.Kind == FrameKind.Cancel)
        {
            return new IncomingFrame(head.CallId, null, null, null);
        }

        if (head.Kind != FrameKind.Call)
        {
            throw new BrokenFrameException(
                $"The caller sent a frame of kind {head.Kind}: expected {FrameKind.Call} or {FrameKind.Cancel}.");
        }

        var reader = new MessagePackReader(body);
        try
        {
            (long? remainingMs, ExecuteRequest request) = CallBody.Read(ref reader);
            return new IncomingFrame(head.CallId, request, remainingMs, null);
        }
        catch (UnusableInputException e)
        {
            return new IncomingFrame(head.CallId, null, null, e);
        }
    }

    private async Task WakeAfterAsync(Task ending)
    {
        await ending;
        _input.CancelPendingRead();
    }

    private ValueTask ServeAsync(in IncomingFrame frame, bool refuses)
    {
        if (frame.Request is not { } request)
        {
            if (frame.Error is { } unreadable)
            {
                return AnswerAsync(frame.Id, unreadable);
            }

            CancelCall(frame.Id);
            return ValueTask.CompletedTask;
        }

        if (!refuses)
        {
            return ExecuteAsync(frame.Id, request, frame.RemainingMs);
        }

        var stopping = new ErrorBody(ErrorBody.Stopping, "The runtime is stopping, and takes no more calls.");
        return _output.SendAsync(FrameKind.Error, frame.Id, stopping, CancellationToken.None);
    }

    private ValueTask ExecuteAsync(ulong id, ExecuteRequest request, long? remainingMs)
    {
        Function function;
        try
        {
            function = FunctionList.Find(request.FunctionId);
        }
        catch (UnknownFunctionException e)
        {
            return AnswerAsync(id, e);
        }

        CancellationTokenSource cancellation = RentCancellation();
        if (remainingMs is { } ms)
        {
            cancellation.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, int.MaxValue)));
        }

        if (_connection.Scheduling == PipeScheduling.ThreadPool)
        {
            // The call is registered before its function starts, so that a Cancel frame can find the call.
            StartOnThreadPool(Track(id, function, cancellation), request.Payload);
            return new ValueTask(_output.Writable);
        }

        ValueTask<ExecuteResponse> executing = Execute(function, request.Payload, cancellation.Token);
        if (executing.IsCompletedSuccessfully)
        {
            ReturnCancellation(cancellation);
            return AnswerAsync(id, executing.Result, function);
        }

        _ = FinishAsync(Track(id, function, cancellation), executing);
        return new ValueTask(_output.Writable);
    }

    // This lambda is in its own method to save an allocation. In the calling method, its closure would be allocated for every
    // call, even if the lambda is never created.
    private void StartOnThreadPool(RunningCall call, Payload payload) =>
        ThreadPool.UnsafeQueueUserWorkItem(_ => _ = FinishAsync(call, Execute(call.Function, payload, call.Cancellation.Token)), null);

    private static ValueTask<ExecuteResponse> Execute(Function function, Payload payload, CancellationToken cancellation)
    {
        try
        {
            return function.ExecuteAsync(payload, cancellation);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<ExecuteResponse>(e);
        }
    }

    private async Task FinishAsync(RunningCall call, ValueTask<ExecuteResponse> executing)
    {
        try
        {
            ExecuteResponse? response = null;
            Exception? error = null;
            try
            {
                response = await executing;
            }
            catch (OperationCanceledException) when (call.IsCancelledByCaller)
            {
                return;
            }
            catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
            {
                error = new TimeoutException(
                    $"'{call.Function.Id}' was not done within the time that its caller, or this worker's end, left it.");
            }
            catch (Exception e)
            {
                // Any exception of the function is sent to the caller as an error.
                error = e;
            }

            await (error is null ? AnswerAsync(call.Id, response!, call.Function) : AnswerAsync(call.Id, error));
        }
        // The caller has disconnected, so its answer cannot be sent.
        catch (IOException)
        {
        }
        finally
        {
            bool isCancelled;
            lock (_lock)
            {
                _running.Remove(call.Id);
                isCancelled = call.IsCancelled;
            }

            // If the call was cancelled, the cancelling thread may still use the source. Then the source is neither reused nor disposed.
            if (!isCancelled)
            {
                ReturnCancellation(call.Cancellation);
            }

            call.Done.SetResult();
        }
    }

    private ValueTask AnswerAsync(ulong id, ExecuteResponse response, Function function)
    {
        try
        {
            return _output.SendAsync(FrameKind.Result, id, new ResultBody(response, function), CancellationToken.None);
        }
        catch (Exception e) when (e is not IOException)
        {
            // If a response cannot be encoded, the fault lies with the runtime. So the caller gets an internal error.
            return AnswerAsync(id, new InvalidOperationException($"The answer of '{function.Id}' cannot be sent. {e.Message}", e));
        }
    }

    private ValueTask AnswerAsync(ulong id, Exception error)
    {
        int status = Problems.StatusOf(error);
        if (status == StatusCodes.Status500InternalServerError)
        {
            Problems.LogUnexpected(_logger, "A call by pipe", error);
        }

        return _output.SendAsync(FrameKind.Error, id, new ErrorBody(status, error.Message), CancellationToken.None);
    }

    private RunningCall Track(ulong id, Function function, CancellationTokenSource cancellation)
    {
        var call = new RunningCall(id, function, cancellation);
        bool isDuplicate;
        lock (_lock)
        {
            isDuplicate = !_running.TryAdd(id, call);
            call.IsCancelled = _aborted || isDuplicate;
        }

        if (call.IsCancelled)
        {
            Cancel(call);
        }

        // If two calls have the same id, an answer or a Cancel frame could belong to either call. So the connection fails.
        return isDuplicate ? throw new BrokenFrameException($"The caller sent two calls at once with the id {id}.") : call;
    }

    private void CancelCall(ulong id)
    {
        RunningCall? call;
        lock (_lock)
        {
            // The call is null if it completed before the Cancel frame arrived. The frame is then ignored.
            call = _running.GetValueOrDefault(id);
            if (call is not null)
            {
                call.IsCancelledByCaller = true;
                call.IsCancelled = true;
            }
        }

        if (call is not null)
        {
            Cancel(call);
        }
    }

    private void CancelAll()
    {
        RunningCall[] calls;
        lock (_lock)
        {
            _aborted = true;
            calls = [.. _running.Values];
            foreach (RunningCall call in calls)
            {
                call.IsCancelled = true;
            }
        }

        foreach (RunningCall call in calls)
        {
            Cancel(call);
        }
    }

    // Runs the cancellation. The caller of this method has already set IsCancelled while it held the lock.
    private void Cancel(RunningCall call)
    {
        try
        {
            call.Cancellation.Cancel();
        }
        catch (AggregateException e)
        {
            // A cancellation callback of the function failed. The error is logged, and other calls continue.
            Problems.LogUnexpected(_logger, $"The cancellation of '{call.Function.Id}'", e);
        }
    }

    private Task WhenCallsEndAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running.Values.Select(call => call.Done.Task));
        }
    }

    // An interlocked exchange is not needed, because only the read loop calls this method.
    private CancellationTokenSource RentCancellation()
    {
        CancellationTokenSource? reusable = _reusable;
        _reusable = null;
        return reusable ?? new CancellationTokenSource();
    }

    private void ReturnCancellation(CancellationTokenSource cancellation)
    {
        if (cancellation.TryReset())
        {
            _reusable = cancellation;
        }
        else
        {
            cancellation.Dispose();
        }
    }

    /// <summary>One decoded frame from the caller.</summary>
    /// <param name="Id">The call's id.</param>
    /// <param name="Request">The request. Null for a Cancel frame and for a call that cannot be decoded.</param>
    /// <param name="RemainingMs">The call's remaining time until its deadline, in ms. Null if the call has no deadline.</param>
    /// <param name="Error">The reason why the call cannot be decoded. Null if the call is valid.</param>
    private readonly record struct IncomingFrame(ulong Id, ExecuteRequest? Request, long? RemainingMs, UnusableInputException? Error);

    /// <summary>A call whose function is still running.</summary>
    private sealed class RunningCall(ulong id, Function function, CancellationTokenSource cancellation)
    {
        public ulong Id => id;

        public Function Function => function;

        public CancellationTokenSource Cancellation => cancellation;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether the caller sent a Cancel frame and expects no answer.</summary>
        public bool IsCancelledByCaller { get; set; }

        /// <summary>
        /// Whether the session has cancelled <see cref="Cancellation"/> or will do so next. Guarded by the session's lock.
        /// </summary>
        public bool IsCancelled { get; set; }
    }
}
