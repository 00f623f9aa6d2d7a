using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Grpc;
using WorkerRpc.Functions;
using WorkerRpc.RuntimeWorker;
using Messages = WorkerRpc.Bindings.Grpc.Messages;

namespace WorkerRpc.Tests.Bindings;

/// <summary>Methods over third-party RPC libraries ("peers"): behaviour beyond the contract of every method.</summary>
public class PeerTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private static readonly Function s_echo = FunctionList.Find("echo");

    public static TheoryData<string> EveryPeer =>
        [.. BindingCatalog.BuiltIn.All.Where(binding => binding.Tags.Contains(BindingTags.Peer)).Select(binding => binding.Id)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Catalog_has_three_peers() => Assert.Equal(3, EveryPeer.Count);

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryPeer))]
    public async Task Call_to_a_stopped_runtime_is_unreachable(string peer)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        IRuntimeStub stub;
        await using (var gone = new LaunchHost(bindingsAssembly: null))
        {
            stub = BindingCatalog.BuiltIn.Find(peer).Connect(gone);
            await stub.ExecuteAsync(Echo("x"), cancellation);
        }

        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => stub.ExecuteAsync(Echo("x"), cancellation).AsTask());
        await stub.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryPeer))]
    public async Task Request_over_the_limit_is_refused_one_below_passes(string peer)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        IRuntimeStub stub = launch.Host.Stub(peer);
        ExecuteRequest under = Echo(new string('x', (4 << 20) - 1024));

        Exception refused = await Assert.ThrowsAnyAsync<Exception>(
            () => stub.ExecuteAsync(Echo(new string('x', 4 << 20)), cancellation).AsTask());

        Assert.True(refused is RuntimeErrorException { Status: 413 } or UnusableInputException, refused.ToString());
        Assert.Contains("maximum", refused.Message.Replace("at most", "maximum", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(under.Payload, ((ExecuteResponse<Payload>)await stub.ExecuteAsync(under, cancellation)).Result);
    }

    [Fact]
    public async Task Grpc_adds_one_endpoint_and_no_catch_all()
    {
        await using var runtime = new WorkerFactory<RuntimeApp>(bindingsAssembly: null);

        EndpointDataSource endpoints = runtime.Services.GetRequiredService<EndpointDataSource>();
        string[] patterns = [.. endpoints.Endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText!)];

        Assert.Equal(["/worker_rpc.Runtime/Execute"], patterns.Where(pattern => pattern.Contains("worker_rpc", StringComparison.Ordinal)));
        Assert.Equal(["{*path}"], patterns.Where(pattern => pattern.Contains('{', StringComparison.Ordinal)));
    }

    [Fact]
    public void Incomplete_protobuf_message_is_refused()
    {
        var complete = new Messages.Payload { Data = "x", Metadata = new Messages.PayloadMetadata { Timestamp = 1 } };
        Messages.Payload?[] broken = [null, new Messages.Payload { Data = "x" }];

        Assert.All(broken, payload => Assert.Throws<UnusableInputException>(
            () => GrpcMapping.FromMessage(new Messages.ExecuteRequest { FunctionId = "echo", Payload = payload })));
        Assert.All(broken, payload => Assert.Throws<RuntimeUnreachableException>(
            () => GrpcMapping.FromMessage(new Messages.ExecuteResponse { Payload = payload }, s_echo)));
        var ofCompute = new Messages.ExecuteResponse { Compute = new Messages.ComputeResult { Input = complete } };
        Assert.Throws<RuntimeUnreachableException>(() => GrpcMapping.FromMessage(ofCompute, s_echo));
        Assert.Equal("x", GrpcMapping.FromMessage(new Messages.ExecuteRequest { FunctionId = "echo", Payload = complete }).Payload.Data);
    }

    private static ExecuteRequest Echo(string data) => new(s_echo.Id, new Payload(data, new PayloadMetadata(1)), 1);
}
