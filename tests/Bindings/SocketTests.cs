using System.Diagnostics.Metrics;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Bindings.CapnWeb;
using WorkerRpc.Bindings.Direct;
using WorkerRpc.Bindings.Grpc;
using WorkerRpc.Bindings.Http;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.Bindings.StreamRpc;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings;

/// <summary>A collection that runs alone, because its tests count the sockets of the whole process.</summary>
[CollectionDefinition(nameof(SocketTests), DisableParallelization = true)]
public sealed class SocketTestsRunAlone;

/// <summary>Checks for each method whether its calls go through a socket.</summary>
[Collection(nameof(SocketTests))]
public class SocketTests
{
    public static TheoryData<string, bool> Expectations => new()
    {
        { new DirectBinding().Id, false },
        { new ServiceBinding().Id, false },
        { new ServiceBindingMessagePack().Id, false },
        { new ServiceBindingInline().Id, false },
        { new PipeBinding().Id, false },
        { new PipeHopBinding().Id, false },
        { new UnixSocketBinding().Id, true },
        { new RawFetchBinding().Id, true },
        { new RawFetchHttp2Binding().Id, true },
        { new GrpcBinding().Id, true },
        { new GrpcInMemoryBinding().Id, false },
        { new StreamJsonRpcBinding().Id, false },
        { new CapnWebBinding().Id, false },
        { new CapnWebSocketBinding().Id, true },
        { new CapnWebBatchBinding().Id, true },
    };

    [Theory]
    [MemberData(nameof(Expectations))]
    public Task Method_opens_sockets_only_if_expected(string method, bool opensSockets) =>
        AssertOpensSocketsAsync(method, opensSockets);

    [Theory]
    [MemberData(nameof(Expectations))]
    public Task Assertion_fails_when_the_expectation_is_inverted(string method, bool opensSockets) =>
        Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => AssertOpensSocketsAsync(method, !opensSockets));

    [Fact]
    public async Task Calls_share_a_connection_unless_each_opens_its_own()
    {
        Assert.Equal(1, await ConnectionsOfAsync(new RawFetchBinding().Id, calls: 5));
        Assert.Equal(5, await ConnectionsOfAsync(new RawFetchNewConnection().Id, calls: 5));
    }

    private static async Task<long> ConnectionsOfAsync(string method, int calls)
    {
        using var sockets = new OpenedSockets();
        await using var launch = new LaunchHost(bindingsAssembly: null);
        for (int call = 0; call < calls; call++)
        {
            var request = new ExecuteRequest("echo", new PayloadSize(1_000).CreatePayload(1), 1);
            await launch.Stub(method).ExecuteAsync(request, TestContext.Current.CancellationToken);
        }

        return sockets.OfKestrel;
    }

    private static async Task AssertOpensSocketsAsync(string method, bool opensSockets)
    {
        using var sockets = new OpenedSockets();
        await using var launch = new LaunchHost(bindingsAssembly: null);
        var request = new ExecuteRequest("echo", new PayloadSize(1_000).CreatePayload(1_700_000_000_000), 1_700_000_000_000);

        await launch.Stub(method).ExecuteAsync(request, TestContext.Current.CancellationToken);
        // Leaves the thread that reads the stub's connection. Disposing the launch would block that thread and deadlock.
        await Task.Yield();

        Assert.True(opensSockets == sockets.OfClients > 0, $"{method}: {sockets.OfClients} client connections were opened.");
        Assert.True(opensSockets == sockets.OfKestrel > 0, $"{method}: Kestrel took {sockets.OfKestrel} connections.");
    }

    /// <summary>Counts the connections that this process opens from now on, separately for clients and Kestrel.</summary>
    private sealed class OpenedSockets : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _ofClients;
        private long _ofKestrel;

        public OpenedSockets()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if ((instrument.Meter.Name, instrument.Name)
                    is ("System.Net.Http", "http.client.open_connections")
                    or ("Microsoft.AspNetCore.Server.Kestrel", "kestrel.active_connections"))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>(Count);
            _listener.Start();
        }

        public long OfClients => Interlocked.Read(ref _ofClients);

        public long OfKestrel => Interlocked.Read(ref _ofKestrel);

        public void Dispose() => _listener.Dispose();

        private void Count(Instrument instrument, long change, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            // An increment is a new connection, or one that turns idle, which also proves that a connection was opened.
            if (change > 0)
            {
                Interlocked.Add(ref instrument.Name == "kestrel.active_connections" ? ref _ofKestrel : ref _ofClients, change);
            }
        }
    }
}
