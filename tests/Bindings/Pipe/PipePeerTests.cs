using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>Whatever a peer sends, or dies of, ends in an error for those who wait for it; nobody waits on.</summary>
public class PipePeerTests
{
    private const int MaxFrameBytes = 4096;

    // What a peer would hang for; nothing here takes time.
    private static readonly TimeSpan s_hung = TimeSpan.FromSeconds(20);

    /// <summary>How the runtime's end of a connection dies.</summary>
    public static MatrixTheoryData<PipeScheduling, string> Deaths => new(Enum.GetValues<PipeScheduling>(), [.. s_deaths.Keys]);

    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    private static readonly Dictionary<string, Func<PipeConnection, Task>> s_deaths = new()
    {
        ["ends"] = runtime => runtime.Output.CompleteAsync().AsTask(),
        ["ends within a frame"] = async runtime =>
        {
            await runtime.Output.WriteAsync(RawFrame.Head(5, RawFrame.ResultKind, 1));
            await runtime.Output.CompleteAsync();
        },
        ["fails"] = runtime => runtime.Output.CompleteAsync(new InvalidOperationException("The runtime is on fire.")).AsTask(),
        ["announces 2 GB"] = runtime => runtime.Output.WriteAsync(RawFrame.Head(int.MaxValue, RawFrame.ResultKind, 1)).AsTask(),
        ["sends what a caller does"] = runtime => runtime.Output.WriteAsync(RawFrame.Cancel(1).Bytes).AsTask(),
        ["sends garbage"] = runtime => runtime.Output.WriteAsync(Enumerable.Repeat((byte)0xFF, 100).ToArray()).AsTask(),
        ["fails at both ends"] = async runtime =>
        {
            await runtime.Input.CompleteAsync(new InvalidOperationException("The runtime is on fire."));
            await runtime.Output.CompleteAsync(new InvalidOperationException("The runtime is on fire."));
        },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Deaths))]
    public async Task Where_the_runtime_dies_all_that_wait_for_it_and_all_who_call_later_hear_of_it(PipeScheduling scheduling, string death)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);
        // Half of them wait to be sent, as the runtime reads nothing.
        Task<string>[] calls = [.. Enumerable.Range(0, 20).Select(_ => client.CallAsync(PipeLink.Echo(new string('x', 100_000)), cancellation))];

        await s_deaths[death](runtime);

        foreach (Task<string> call in calls)
        {
            await Assert.ThrowsAsync<RuntimeUnreachableException>(() => call);
        }

        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => client.CallAsync(PipeLink.Echo("later"), cancellation));
        await client.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Where_the_runtime_takes_no_more_what_it_took_is_still_answered(PipeScheduling scheduling)
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
    public async Task Where_the_caller_dies_its_calls_are_cancelled_and_the_session_ends(PipeScheduling scheduling)
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
    public async Task A_callers_head_that_the_runtime_does_not_take_ends_the_connection_before_a_body_is_waited_for(int bodyBytes, byte kind)
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
    public async Task A_caller_that_makes_two_calls_at_once_with_one_id_ends_the_connection_and_what_runs(PipeScheduling scheduling)
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
    public async Task Whatever_becomes_of_a_callers_bytes_the_runtime_answers_or_closes(Mutation mutation)
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
        catch (BrokenFrameException)
        {
            // Told to the caller as the reason of the end.
        }

        await session.Ended.WaitAsync(s_hung, Cancellation);
    }

    [Property(Arbitrary = [typeof(Mutations)], MaxTest = 300)]
    public async Task Whatever_becomes_of_a_runtimes_bytes_the_callers_are_answered_or_hear_of_it(Mutation mutation)
    {
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(mutation.Scheduling, MaxFrameBytes);
        var client = new PipeClient(caller);
        Task<string>[] calls = [.. Enumerable.Range(0, 3).Select(i => client.CallAsync(PipeLink.Echo($"{i}"), Cancellation))];
        List<byte> valid = [];
        foreach (Task<string> _ in calls)
        {
            ulong id = (await runtime.ReceiveAsync())!.Id;
            valid.AddRange((valid.Count == 0 ? RawFrame.Error(id, 500, "words") : RawFrame.Result(id, new Payload("answer", new PayloadMetadata(1)))).Bytes);
        }

        await runtime.Output.WriteAsync(mutation.Of([.. valid]), Cancellation);
        await runtime.Output.CompleteAsync();

        foreach (Task<string> call in calls)
        {
            try
            {
                await call.WaitAsync(s_hung, Cancellation);
            }
            catch (Exception e) when (e is RuntimeUnreachableException or RuntimeErrorException)
            {
                // As it may be.
            }
        }

        await client.DisposeAsync().AsTask().WaitAsync(s_hung, Cancellation);
    }

    /// <summary>What becomes of bytes on their way.</summary>
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
                (6, Gen.Constant("changed")), (2, Gen.Constant("cut")), (2, Gen.Constant("inserted")), (2, Gen.Constant("left out")), (1, Gen.Constant("twice")), (1, Gen.Constant("garbage")))
            from place in Gen.Choose(0, 999)
            from length in Gen.Choose(1, 20)
            from bytes in Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 5), Gen.Choose(0, 255)).Select(value => (byte)value), length)
            select new Mutation(scheduling, what, place / 1000.0, bytes));
    }
}
