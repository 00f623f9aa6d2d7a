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
/// The runtime's side of one connection. It reads calls in order, runs them concurrently and answers each when its function
/// completes, so a slow call does not delay the calls behind it.
/// </summary>
internal sealed class PipeSession
{
    private readonly PipeConnection _connection;
    private readonly PipeReader _input;
    private readonly FrameSender _output;
    private readonly ILogger _logger;

    // Calls whose functions still run, by call id: a Cancel frame looks them up.
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, RunningCall> _running = [];

    // The cancellation source of a finished call, reused for the next one: most calls are never cancelled.
    private CancellationTokenSource? _reusable;
    private bool _stopping;

    // Set when the session aborts: calls that are registered later are cancelled at once.
    private bool _aborted;

    public PipeSession(PipeConnection connection, ILogger logger)
    {
        _connection = connection;
        _input = connection.Input;
        _output = new FrameSender(connection);
        _logger = logger;
        Ended = RunAsync();
    }

    /// <summary>Completes when the connection has ended.</summary>
    public Task Ended { get; }

    /// <summary>Refuses new calls, and returns when the calls that already arrived are answered.</summary>
    /// <param name="cancellation">Cancels the functions that still run.</param>
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
            // The caller died or sent an invalid frame, so nobody reads an answer.
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
                // All earlier calls are registered by now, and new ones are refused. The loop keeps reading until the earlier calls end:
                // otherwise a new call would get no answer until then.
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
                    // Release the request's memory before answering: a large answer then reuses memory that is still in the CPU cache.
                    _input.AdvanceTo(arrived.Start);
                    advanced = true;
                }
                else if (!isBatching)
                {
                    // Several frames arrived together: send their immediate answers in one flush.
                    isBatching = true;
                    _output.BeginBatch();
                }

                // Pending only while the caller does not read its answers. Until it does, start no more of its calls.
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
            // Register the call before it starts, so that a Cancel frame can find it.
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

    // A separate method, because a lambda's closure is allocated when its scope begins, even if the lambda is never created.
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
        // The caller has disconnected.
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

            // A cancelling thread may still use the source: then it is neither reused nor disposed.
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
            // A response that cannot be encoded is the runtime's fault, so it is reported as an internal error.
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

        // Two calls with one id: an answer or a Cancel frame could mean either.
        return isDuplicate ? throw new BrokenFrameException($"The caller sent two calls at once with the id {id}.") : call;
    }

    private void CancelCall(ulong id)
    {
        RunningCall? call;
        lock (_lock)
        {
            // Null if the call completed before the Cancel frame arrived.
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

    // The calling method has already set IsCancelled, under the lock.
    private void Cancel(RunningCall call)
    {
        try
        {
            call.Cancellation.Cancel();
        }
        catch (AggregateException e)
        {
            // A cancellation callback of the function failed. Other calls go on.
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

    // Only the read loop calls this method, so no interlocked exchange is needed.
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
    /// <param name="Request">The request; null for a Cancel frame or an unreadable call.</param>
    /// <param name="RemainingMs">The call's remaining time in ms; null for no limit.</param>
    /// <param name="Error">The reason why the call is unreadable; otherwise null.</param>
    private readonly record struct IncomingFrame(ulong Id, ExecuteRequest? Request, long? RemainingMs, UnusableInputException? Error);

    /// <summary>A call whose function still runs.</summary>
    private sealed class RunningCall(ulong id, Function function, CancellationTokenSource cancellation)
    {
        public ulong Id => id;

        public Function Function => function;

        public CancellationTokenSource Cancellation => cancellation;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether the caller sent a Cancel frame and expects no answer.</summary>
        public bool IsCancelledByCaller { get; set; }

        /// <summary>Whether the session has cancelled <see cref="Cancellation"/> or is about to. Guarded by the session's lock.</summary>
        public bool IsCancelled { get; set; }
    }
}
