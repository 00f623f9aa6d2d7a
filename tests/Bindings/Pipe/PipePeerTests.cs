using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>A peer that fails or sends garbage gives the waiting end an error, and never makes it hang.</summary>
public class PipePeerTests
{
    private const int MaxFrameBytes = 4096;

    // A wait of this length counts as a hang.
    private static readonly TimeSpan s_hung = TimeSpan.FromSeconds(20);

    /// <summary>Each way in which the runtime's end of a connection fails.</summary>
    public static MatrixTheoryData<PipeScheduling, string> Failures => new(Enum.GetValues<PipeScheduling>(), [.. s_failures.Keys]);

    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    private static readonly Dictionary<string, Func<PipeConnection, Task>> s_failures = new()
    {
        ["ends"] = runtime => runtime.Output.CompleteAsync().AsTask(),
        ["ends within a frame"] = async runtime =>
        {
            await runtime.Output.WriteAsync(RawFrame.Head(5, RawFrame.ResultKind, 1));
            await runtime.Output.CompleteAsync();
        },
        ["fails"] = runtime => runtime.Output.CompleteAsync(new InvalidOperationException("The runtime is on fire.")).AsTask(),
        ["announces 2 GB"] = runtime => runtime.Output.WriteAsync(RawFrame.Head(int.MaxValue, RawFrame.ResultKind, 1)).AsTask(),
        ["sends a cancel frame"] = runtime => runtime.Output.WriteAsync(RawFrame.Cancel(1).Bytes).AsTask(),
        ["sends garbage"] = runtime => runtime.Output.WriteAsync(Enumerable.Repeat((byte)0xFF, 100).ToArray()).AsTask(),
        ["fails at both ends"] = async runtime =>
        {
            await runtime.Input.CompleteAsync(new InvalidOperationException("The runtime is on fire."));
            await runtime.Output.CompleteAsync(new InvalidOperationException("The runtime is on fire."));
        },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Failures))]
    public async Task Runtime_failure_fails_pending_and_later_calls(PipeScheduling scheduling, string failure)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);
        // The runtime reads nothing, so about half of the calls wait to be sent.
        Task<string>[] calls =
            [.. Enumerable.Range(0, 20).Select(_ => client.CallAsync(PipeLink.Echo(new string('x', 100_000)), cancellation))];

        await s_failures[failure](runtime);

        foreach (Task<string> call in calls)
        {
            await Assert.ThrowsAsync<RuntimeUnreachableException>(() => call);
        }

        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => client.CallAsync(PipeLink.Echo("later"), cancellation));
        await client.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Runtime_that_stops_reading_answers_earlier_calls(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);
        Task<string> taken = client.CallAsync(PipeLink.Echo("taken"), cancellation);
        ulong id = (await runtime.ReceiveAsync())!.Id;

        await runtime.Input.CompleteAsync(new InvalidOperationException("No more."));

        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => client.CallAsync(PipeLink.Echo("later"), cancellation));
        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => client.CallAsync(PipeLink.Echo("later still"), cancellation));
        await runtime.SendAsync(RawFrame.Result(id, new Payload("answer", new PayloadMetadata(1))));
        Assert.Equal("answer", await taken);
        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Caller_failure_cancels_its_calls_and_ends_the_session(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        (ExecuteRequest one, WatchedFunctions.HeldCall first) = PipeLink.Held();
        (ExecuteRequest other, WatchedFunctions.HeldCall second) = PipeLink.Held();
        await caller.SendAsync(RawFrame.Call(1, one), RawFrame.Call(2, other));
        await Task.WhenAll(first.Arrived, second.Arrived).WaitAsync(cancellation);

        await caller.Input.CompleteAsync(new InvalidOperationException("The caller is on fire."));
        await caller.Output.CompleteAsync(new InvalidOperationException("The caller is on fire."));

        await Task.WhenAll(first.Cancelled, second.Cancelled, session.Ended).WaitAsync(cancellation);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(int.MaxValue, RawFrame.CallKind)]
    [InlineData(MaxFrameBytes - RawFrame.HeadBytes + 1, RawFrame.CallKind)]
    [InlineData(0, RawFrame.ResultKind)]
    [InlineData(0, 77)]
    public async Task Refused_head_ends_the_connection_before_its_body(int bodyBytes, byte kind)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(PipeScheduling.Inline, MaxFrameBytes);
        PipeSession session = PipeLink.Serve(runtime);

        await caller.Output.WriteAsync(RawFrame.Head(bodyBytes, kind, 1), cancellation);

        await session.Ended.WaitAsync(cancellation);
        await Assert.ThrowsAnyAsync<IOException>(caller.ReceiveAsync);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Duplicate_call_id_ends_the_connection_and_running_calls(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        (ExecuteRequest one, WatchedFunctions.HeldCall first) = PipeLink.Held();
        await caller.SendAsync(RawFrame.Call(1, one));
        await first.Arrived.WaitAsync(cancellation);

        await caller.SendAsync(RawFrame.Call(1, PipeLink.Held().Request));

        await Task.WhenAll(first.Cancelled, session.Ended).WaitAsync(cancellation);
        await Assert.ThrowsAnyAsync<IOException>(caller.ReceiveAsync);
    }

    [Property(Arbitrary = [typeof(Mutations)], MaxTest = 300)]
    public async Task Runtime_answers_or_closes_on_mutated_calls(Mutation mutation)
    {
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(mutation.Scheduling, MaxFrameBytes);
        PipeSession session = PipeLink.Serve(runtime);
        byte[] valid =
        [
            .. RawFrame.Call(1, PipeLink.Echo("first")).Bytes,
            .. RawFrame.Cancel(1).Bytes,
            .. RawFrame.Call(2, PipeLink.Request("compute", "second"), leftMs: 60_000).Bytes,
        ];

        await caller.Output.WriteAsync(mutation.Of(valid), Cancellation);
        await caller.Output.CompleteAsync();

        try
        {
            foreach (RawFrame answer in await caller.ReceiveAllAsync().WaitAsync(s_hung, Cancellation))
            {
                if (answer.Kind == RawFrame.ErrorKind)
                {
                    Assert.InRange(answer.AsError().Status, 400, 404);
                }
                else
                {
                    Assert.Equal(RawFrame.ResultKind, answer.Kind);
                }
            }
        }
        // The runtime may also end the connection with this error as its reason.
        catch (BrokenFrameException)
        {
        }

        await session.Ended.WaitAsync(s_hung, Cancellation);
    }

    [Property(Arbitrary = [typeof(Mutations)], MaxTest = 300)]
    public async Task Calls_end_on_mutated_answers(Mutation mutation)
    {
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(mutation.Scheduling, MaxFrameBytes);
        var client = new PipeClient(caller);
        Task<string>[] calls = [.. Enumerable.Range(0, 3).Select(i => client.CallAsync(PipeLink.Echo($"{i}"), Cancellation))];
        List<byte> valid = [];
        foreach (Task<string> _ in calls)
        {
            ulong id = (await runtime.ReceiveAsync())!.Id;
            RawFrame answer = valid.Count == 0
                ? RawFrame.Error(id, 500, "words")
                : RawFrame.Result(id, new Payload("answer", new PayloadMetadata(1)));
            valid.AddRange(answer.Bytes);
        }

        await runtime.Output.WriteAsync(mutation.Of([.. valid]), Cancellation);
        await runtime.Output.CompleteAsync();

        foreach (Task<string> call in calls)
        {
            try
            {
                await call.WaitAsync(s_hung, Cancellation);
            }
            // A call may also fail with either error.
            catch (Exception e) when (e is RuntimeUnreachableException or RuntimeErrorException)
            {
            }
        }

        await client.DisposeAsync().AsTask().WaitAsync(s_hung, Cancellation);
    }

    /// <summary>One change to the bytes that a peer sends.</summary>
    public sealed record Mutation(PipeScheduling Scheduling, string What, double Where, byte[] Bytes)
    {
        public byte[] Of(byte[] valid)
        {
            int at = (int)(Where * valid.Length);
            return What switch
            {
                "changed" => [.. valid[..at], (byte)(valid[at] ^ Math.Max(Bytes[0], (byte)1)), .. valid[(at + 1)..]],
                "cut" => valid[..at],
                "inserted" => [.. valid[..at], .. Bytes, .. valid[at..]],
                "left out" => [.. valid[..at], .. valid[Math.Min(valid.Length, at + Bytes.Length)..]],
                "twice" => [.. valid, .. valid[at..]],
                _ => Bytes,
            };
        }

        public override string ToString() => $"{What} at {Where:0.000} by {Convert.ToHexString(Bytes)}, {Scheduling}";
    }

    public static class Mutations
    {
        public static Arbitrary<Mutation> All() => Arb.From(
            from scheduling in Gen.Elements(Enum.GetValues<PipeScheduling>())
            from what in Gen.Frequency(
                (6, Gen.Constant("changed")),
                (2, Gen.Constant("cut")),
                (2, Gen.Constant("inserted")),
                (2, Gen.Constant("left out")),
                (1, Gen.Constant("twice")),
                (1, Gen.Constant("garbage")))
            from place in Gen.Choose(0, 999)
            from length in Gen.Choose(1, 20)
            from bytes in Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 5), Gen.Choose(0, 255)).Select(value => (byte)value), length)
            select new Mutation(scheduling, what, place / 1000.0, bytes));
    }
}
