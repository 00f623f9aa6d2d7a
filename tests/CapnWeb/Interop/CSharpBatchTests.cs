using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Node;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>This library's client against the npm package's server, by HTTP batch.</summary>
public sealed class CSharpBatchTests(SharedNodeServer shared) : IClassFixture<SharedNodeServer>
{
    [Fact]
    public async Task Every_kind_of_value_crosses_in_a_batch()
    {
        NodeServer server = await shared.BatchServerAsync();

        bool[] arrived = await SendAsync(
            server, main => Task.WhenAll(ValueKinds.All.Select(kind => main.CheckAsync(kind.Key, kind.Value.Make()))));
        object?[] came = await SendAsync(server, main => Task.WhenAll(ValueKinds.All.Keys.Select(main.GiveAsync)));

        Assert.Empty(ValueKinds.All.Keys.Where((_, i) => !arrived[i]));
        Assert.Empty(ValueKinds.All.Where((kind, i) => !kind.Value.Is(came[i])).Select(kind => kind.Key));
    }

    [Fact]
    public async Task Call_in_a_batch_fails_alone()
    {
        NodeServer server = await shared.BatchServerAsync();

        (Exception?[] errors, Exception?[] thrown, double square) = await SendAsync(server, async main =>
        {
            Task<Exception?[]> errors = Task.WhenAll(
                ErrorKinds.All.Keys.Select(kind => Record.ExceptionAsync(() => main.FailAsync(kind)).AsTask()));
            Task<Exception?[]> thrown = Task.WhenAll(
                ErrorKinds.Thrown.Keys.Select(kind => Record.ExceptionAsync(() => main.FailWithAsync(kind)).AsTask()));
            ValueTask<double> square = main.SquareAsync(5);
            return (await errors, await thrown, await square);
        });

        Assert.Empty(
            ErrorKinds.All.Where((kind, i) => errors[i] is not RpcException error || !kind.Value.Is(error)).Select(kind => kind.Key));
        Assert.Empty(ErrorKinds.Thrown.Where((kind, i) => thrown[i] is not RpcException { IsThrownValue: true } error
            || !ValueKinds.AreSame(error.Thrown, kind.Value)).Select(kind => kind.Key));
        Assert.Equal(25, square);
    }

    [Fact]
    public async Task Promises_and_stubs_work_within_a_batch()
    {
        NodeServer server = await shared.BatchServerAsync();

        await SendAsync(server, async main =>
        {
            var stub = (InteropStub)main;
            RpcPromise<Login> login = stub.Authenticate("secret");
            var account = new AccountStub(login.Property<IAccount>("account"));
            CounterStub counter = account.Counter(5);
            Task<double> square = stub.Square(stub.Square(3)).AsTask();
            Task<string> name = login.Property<User>("user").Property<string>("name").AsTask();
            Task<double[]> increments = Task.WhenAll(counter.Increment(1).AsTask(), counter.Increment(2).AsTask());
            Task<double> home = main.IncrementAsync(counter, 2);
            Task<double> value = stub.Square(counter.Value).AsTask();
            Task<object?> nested = main.NestedAsync();
            RpcPromise<double> failed = ((RpcStub)stub).Call<double, RpcArguments<string>>(
                "fail", RpcArguments.Of("RangeError"), TestContext.Current.CancellationToken);
            Task<double> failing = stub.Square(failed).AsTask();

            Assert.Equal(81, await square);
            Assert.Equal("Ada", await name);
            Assert.Equal<double[]>([6, 8], await increments);
            Assert.Equal(10, await home);
            Assert.Equal(100, await value);
            Assert.True(ValueKinds.AreSame(ValueKinds.Nested(), await nested));
            Assert.Equal(RpcErrorTypes.RangeError, (await Assert.ThrowsAsync<RpcException>(() => failing)).ErrorType);
            return true;
        });
    }

    [Fact]
    public async Task Stub_is_unusable_after_its_batch()
    {
        NodeServer server = await shared.BatchServerAsync();

        ICounter counter = await SendAsync(server, main => main.CounterAsync(1));

        await Assert.ThrowsAnyAsync<RpcException>(() => counter.IncrementAsync(1));
    }

    private static async Task<T> SendAsync<T>(NodeServer server, Func<IInterop, Task<T>> calls)
    {
        using var client = new HttpClient();
        return await RpcBatch.SendAsync(client, server.Batch, calls, cancellationToken: TestContext.Current.CancellationToken);
    }
}
