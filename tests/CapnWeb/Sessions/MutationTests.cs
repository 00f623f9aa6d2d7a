using System.Text;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Traces;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Replays every trace with one message changed at random.</summary>
public sealed class MutationTests
{
    private const int Rounds = 6;
    private const long BytesPerConversation = 64 << 20;

    [Fact]
    public async Task Mutated_message_gives_an_expected_outcome()
    {
        var random = new Random(20250719);
        foreach (Trace trace in Trace.All.Where(trace => trace.Frames.Any(frame => frame.Text is { Length: < 5000 })))
        {
            for (int round = 0; round < Rounds; round++)
            {
                await AttackAsync(trace, random);
            }
        }
    }

    private static async Task AttackAsync(Trace trace, Random random)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        var session = new RpcSession(transport, target, TraceTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });
        target.Peer = session.Main;
        // A pending call, so that mutated resolve and reject messages have a target.
        Task<object?> call = session.Main.Call<object?, WorkerRpc.CapnWeb.Targets.RpcArguments>("x", default).AsTask();
        byte[][] messages = [.. trace.Frames
            .Where(frame => frame.Text is { Length: < 5000 })
            .Select(frame => Encoding.UTF8.GetBytes(frame.Text!))];
        int changed = random.Next(messages.Length);
        messages[changed] = Mutation.Of(messages[changed], random);
        foreach (byte[] message in messages)
        {
            transport.Receive(message);
        }

        transport.ReceiveDone();
        target.Advance();
        // Compared before the first await: the counter is per thread, and an await may switch threads.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < BytesPerConversation, trace.Name);

        if (session.Error is not null)
        {
            await session.Completion;
            Assert.True(transport.IsClosed);
            Assert.True(session.Error is RpcException, $"{trace.Name}: {session.Error}");
            Assert.DoesNotContain("could not be handled", session.Error.Message, StringComparison.Ordinal);
        }

        await session.DisposeAsync();
        Assert.True(call.IsCompleted, trace.Name);
        _ = call.Exception;
    }
}
