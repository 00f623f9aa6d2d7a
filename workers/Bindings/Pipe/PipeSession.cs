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
/// One connection as the runtime serves it: reads call after call and answers each when its function is done, so that a
/// call that waits holds up none behind it.
/// </summary>
internal sealed class PipeSession
{
    private readonly PipeConnection _connection;
    private readonly PipeReader _input;
    private readonly FrameSender _output;
    private readonly ILogger _logger;

    // The calls whose functions are not done, for the frames that cancel them.
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, RunningCall> _running = [];

    // Of a call that is done: the next one takes it, as most calls are never cancelled.
    private CancellationTokenSource? _spare;
    private bool _stopping;

    // Whatever is taken from now on is cancelled at once.
    private bool _cancelsAll;

    public PipeSession(PipeConnection connection, ILogger logger)
    {
        _connection = connection;
        _input = connection.Input;
        _output = new FrameSender(connection);
        _logger = logger;
        Ended = RunAsync();
    }

    /// <summary>The end of the connection.</summary>
    public Task Ended { get; }

    /// <summary>Takes no more calls, and ends once those that were taken are answered.</summary>
    /// <param name="impatience">Cancels what still runs.</param>
    public async Task StopAsync(CancellationToken impatience)
    {
        Volatile.Write(ref _stopping, true);
        _input.CancelPendingRead();
        await using (impatience.UnsafeRegister(session => ((PipeSession)session!).CancelAll(), this))
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
            await DrainAsync();
            _output.Complete();
        }
        catch (Exception e)
        {
            // The caller died, or sent what is no frame: nobody is left to answer to.
            CancelAll();
            await _input.CompleteAsync(e);
            _output.Complete(e);
        }
    }

    private async Task ReadAsync()
    {
        var thread = new BorrowedThread(_connection.Scheduling);
        Task? draining = null;
        while (draining is not { IsCompleted: true })
        {
            ValueTask<ReadResult> reading = _input.ReadAsync();
            if (thread.MustBeGivenBack(reading.IsCompleted))
            {
                await Task.Yield();
            }

            ReadResult read = await reading;
            if (draining is null && Volatile.Read(ref _stopping))
            {
                // What was taken is tracked by now, and what comes from here on is refused: a call that nobody reads would
                // wait for the end of all others to hear of it.
                draining = DrainAsync();
                _ = WakeAfterAsync(draining);
            }

            ReadOnlySequence<byte> arrived = read.Buffer;
            bool holds = false;
            bool advanced = false;
            while (!advanced && FrameHead.TryTake(ref arrived, _connection.MaxFrameBytes, out FrameHead head, out ReadOnlySequence<byte> body))
            {
                Taken taken = Take(head, body);
                if (arrived.IsEmpty)
                {
                    // Before the answer: a large one is then written to the memory that its request has left in the caches.
                    _input.AdvanceTo(arrived.Start);
                    advanced = true;
                }
                else if (!holds)
                {
                    // More than one: what is answered at once leaves together.
                    holds = true;
                    _output.Hold();
                }

                // Incomplete only while the caller does not read its answers: then it gets no further ones worked on.
                ValueTask served = ServeAsync(taken, refuses: draining is not null);
                if (!served.IsCompletedSuccessfully)
                {
                    holds = false;
                    _output.Release();
                    await served;
                }
            }

            bool broken = read.IsCompleted && !arrived.IsEmpty;
            if (!advanced)
            {
                _input.AdvanceTo(arrived.Start, arrived.End);
            }

            if (holds)
            {
                _output.Release();
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

    private static Taken Take(FrameHead head, in ReadOnlySequence<byte> body)
    {
        if (head.Kind == FrameKind.Cancel)
        {
            return new Taken(head.CallId, null, null, null);
        }

        if (head.Kind != FrameKind.Call)
        {
            throw new BrokenFrameException($"The caller sent a frame of kind {head.Kind}: expected {FrameKind.Call} or {FrameKind.Cancel}.");
        }

        var reader = new MessagePackReader(body);
        try
        {
            (long? leftMs, ExecuteRequest request) = CallBody.Read(ref reader);
            return new Taken(head.CallId, request, leftMs, null);
        }
        catch (UnusableInputException e)
        {
            return new Taken(head.CallId, null, null, e);
        }
    }

    private async Task WakeAfterAsync(Task draining)
    {
        await draining;
        _input.CancelPendingRead();
    }

    private ValueTask ServeAsync(in Taken taken, bool refuses)
    {
        if (taken.Request is not { } request)
        {
            if (taken.Error is { } unreadable)
            {
                return AnswerAsync(taken.Id, unreadable);
            }

            GiveUp(taken.Id);
            return ValueTask.CompletedTask;
        }

        return refuses
            ? _output.SendAsync(FrameKind.Error, taken.Id, new ErrorBody(ErrorBody.Stopping, "The runtime is stopping, and takes no more calls."), CancellationToken.None)
            : ExecuteAsync(taken.Id, request, taken.LeftMs);
    }

    private ValueTask ExecuteAsync(ulong id, ExecuteRequest request, long? leftMs)
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

        CancellationTokenSource cancellation = TakeSpare();
        if (leftMs is { } ms)
        {
            cancellation.CancelAfter(TimeSpan.FromMilliseconds(Math.Clamp(ms, 0, int.MaxValue)));
        }

        if (_connection.Scheduling == PipeScheduling.ThreadPool)
        {
            // Known before it starts, so that the frame that cancels it finds it.
            StartOnThreadPool(Track(id, function, cancellation), request.Payload);
            return new ValueTask(_output.Room);
        }

        ValueTask<ExecuteResponse> executing = Execute(function, request.Payload, cancellation.Token);
        if (executing.IsCompletedSuccessfully)
        {
            Spare(cancellation);
            return AnswerAsync(id, executing.Result, function);
        }

        _ = FinishAsync(Track(id, function, cancellation), executing);
        return new ValueTask(_output.Room);
    }

    // A method of its own: what a lambda captures is allocated where its scope begins, whether or not it is made.
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
            catch (OperationCanceledException) when (call.IsGivenUp)
            {
                return;
            }
            catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
            {
                error = new TimeoutException($"'{call.Function.Id}' was not done within the time that its caller, or this worker's end, left it.");
            }
            catch (Exception e)
            {
                // The function's own, of whatever type.
                error = e;
            }

            await (error is null ? AnswerAsync(call.Id, response!, call.Function) : AnswerAsync(call.Id, error));
        }
        catch (IOException)
        {
            // The caller is gone.
        }
        finally
        {
            bool isCancelled;
            lock (_lock)
            {
                _running.Remove(call.Id);
                isCancelled = call.IsCancelled;
            }

            // Whoever cancels it may still be about to: then neither the next call nor a disposal may come before that.
            if (!isCancelled)
            {
                Spare(call.Cancellation);
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
            // Not the caller's fault, as an unusable request would be.
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
        bool isTwice;
        lock (_lock)
        {
            isTwice = !_running.TryAdd(id, call);
            call.IsCancelled = _cancelsAll || isTwice;
        }

        if (call.IsCancelled)
        {
            Cancel(call);
        }

        // An answer or a cancellation could not be told apart.
        return isTwice ? throw new BrokenFrameException($"The caller sent two calls at once with the id {id}.") : call;
    }

    private void GiveUp(ulong id)
    {
        RunningCall? call;
        lock (_lock)
        {
            // Else it was done before the frame came.
            call = _running.GetValueOrDefault(id);
            if (call is not null)
            {
                call.IsGivenUp = true;
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
            _cancelsAll = true;
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

    // The caller has marked it as cancelled, under the lock.
    private void Cancel(RunningCall call)
    {
        try
        {
            call.Cancellation.Cancel();
        }
        catch (AggregateException e)
        {
            // The function's own code, which it has run on its cancellation: no reason to end other calls.
            Problems.LogUnexpected(_logger, $"The cancellation of '{call.Function.Id}'", e);
        }
    }

    private Task DrainAsync()
    {
        lock (_lock)
        {
            return Task.WhenAll(_running.Values.Select(call => call.Done.Task));
        }
    }

    // Only the reading loop takes it, so that a plain exchange is enough.
    private CancellationTokenSource TakeSpare()
    {
        CancellationTokenSource? spare = _spare;
        _spare = null;
        return spare ?? new CancellationTokenSource();
    }

    private void Spare(CancellationTokenSource cancellation)
    {
        if (cancellation.TryReset())
        {
            _spare = cancellation;
        }
        else
        {
            cancellation.Dispose();
        }
    }

    /// <summary>A frame that was read.</summary>
    /// <param name="Id">Of the call.</param>
    /// <param name="Request">The call; null where it could not be read, or is given up.</param>
    /// <param name="LeftMs">The time that its caller gives it, in ms; null for any.</param>
    /// <param name="Error">Why it could not be read; null where it could.</param>
    private readonly record struct Taken(ulong Id, ExecuteRequest? Request, long? LeftMs, UnusableInputException? Error);

    /// <summary>A call whose function is not done.</summary>
    private sealed class RunningCall(ulong id, Function function, CancellationTokenSource cancellation)
    {
        public ulong Id => id;

        public Function Function => function;

        public CancellationTokenSource Cancellation => cancellation;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Whether nobody waits for its answer any more.</summary>
        public bool IsGivenUp { get; set; }

        /// <summary>Whether <see cref="Cancellation"/> was cancelled by the session, or is about to be. Guarded by the session's lock.</summary>
        public bool IsCancelled { get; set; }
    }
}
