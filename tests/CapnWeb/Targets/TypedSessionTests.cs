using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>Generated stubs call generated dispatch code, in memory.</summary>
public sealed class TypedSessionTests : IAsyncDisposable
{
    private readonly Shop _target = new();
    private readonly RpcSession _server;
    private readonly RpcSession _client;
    private readonly ShopStub _stub;
    private readonly IShop _shop;

    public TypedSessionTests()
    {
        (RpcMemoryTransport near, RpcMemoryTransport far) = RpcMemoryTransport.CreatePair();
        _server = RpcSession.Create<IShop>(far, _target);
        _client = new RpcSession(near);
        _shop = _client.GetMain<IShop>();
        _stub = (ShopStub)_shop;
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Every_kind_of_member_works_through_the_interface()
    {
        Assert.Equal("Hi, Ada! Hi, Ada!", await _shop.GreetAsync("Ada", "Hi", 2));
        Assert.Equal("", await _shop.GreetAsync("Ada", "Hi", null));
        Assert.Equal(12, await _shop.AddUpAsync([1, 2, 3], Cancellation, 2));
        await _shop.TouchAsync();
        await _shop.TouchAsync();
        Assert.Equal(2, await _shop.Touched);
        Assert.Equal("display", await _shop.Display.Owner);
        Assert.Null(await _shop.FindCartAsync("nobody"));
    }

    [Fact]
    public async Task Records_and_collections_arrive_unchanged()
    {
        var order = new Order("one", [new Line("tea", 2)], new Dictionary<string, int[]> { ["a"] = [1, 2], ["b"] = [] }, null, ["x", "y"]);

        Order repeated = await _shop.RepeatAsync(order);

        Assert.Equivalent(order with { Lines = [new Line("tea", 2), new Line("tea", 2)] }, repeated, strict: true);
    }

    [Fact]
    public async Task Missing_arguments_use_defaults_and_extra_ones_are_ignored()
    {
        Assert.Equal("Hello, Ada!", await Call<string>("greet", RpcArguments.Of("Ada")));
        Assert.Equal("Hello, Ada!", await Call<string>("greet", RpcArguments.Of("Ada", RpcUndefined.Value, RpcUndefined.Value)));
        Assert.Equal("", await Call<string>("greet", RpcArguments.Of("Ada", "Hi", (int?)null)));
        Assert.Equal("Hi, Ada!", await Call<string>("greet", RpcArguments.Of("Ada", "Hi", 1, "extra", 5)));
        // The cancellation token between the two parameters is not sent, so two arguments suffice.
        Assert.Equal(9, await Call<double>("sum", RpcArguments.Of<IReadOnlyList<double>, int>([1, 2], 3)));
    }

    [Fact]
    public async Task Missing_required_argument_is_named_in_the_error()
    {
        RpcException none = await Assert.ThrowsAsync<RpcException>(async () => await Call<string>("greet", RpcArguments.Of()));
        RpcException undefined = await Assert.ThrowsAsync<RpcException>(
            async () => await Call<string>("greet", RpcArguments.Of(RpcUndefined.Value)));

        Assert.Equal(RpcErrorTypes.TypeError, none.ErrorType);
        Assert.Contains("name", none.Message, StringComparison.Ordinal);
        Assert.Equal(none.Message, undefined.Message);
    }

    [Theory]
    [InlineData("notOptedIn")]
    [InlineData("NotOptedIn")]
    [InlineData("shown")]
    [InlineData("carts")]
    [InlineData("toString")]
    [InlineData("getType")]
    [InlineData("getHashCode")]
    [InlineData("dispose")]
    [InlineData("constructor")]
    [InlineData("GreetAsync")]
    [InlineData("addUp")]
    [InlineData("")]
    public async Task Member_without_attribute_cannot_be_called(string name)
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await Call<object?>(name, RpcArguments.Of()));

        Assert.Equal($"'{name}' is not a function.", error.Message);
    }

    [Fact]
    public async Task Pipelined_calls_leave_before_any_answer()
    {
        long before = _client.Statistics.MessagesReceived;
        await using CartStub cart = _stub.OpenCart("Ada");
        await using CartStub more = cart.Put("tea", 2).Put("cup");
        RpcPromise<int> count = more.Count();
        RpcPromise<string> greeting = _stub.Greet(more.Owner, _stub.Greet("you"));
        RpcPromise<Func<int, Task<int>>> scaler = _stub.Scaler(count);
        Assert.Equal(before, _client.Statistics.MessagesReceived);

        Assert.Equal("Hello, you!, Ada!", await greeting);
        Assert.Equal(30, await (await scaler)(10));
        Assert.Equal(3, await _stub.Count(more));
        Assert.Equal("Ada", await (await more).Owner);
    }

    [Fact]
    public async Task Functions_work_as_arguments_and_results()
    {
        var log = new List<string>();

        Assert.Equal(30, await _shop.EachAsync(4, value => Task.FromResult(value * 5), log.Add));
        Func<int, Task<int>> triple = await _shop.ScalerAsync(3);
        Assert.Equal(21, await triple(7));

        Assert.Equal(["item 0", "item 1", "item 2", "item 3"], log);
        RpcReference.Find(triple)!.Dispose();
    }

    [Fact]
    public async Task Duplicated_callback_outlives_its_call()
    {
        await _shop.KeepAsync(value => Task.FromResult(value + 1));

        Assert.Equal(6, await _shop.CallKeptAsync(5));
    }

    [Fact]
    public async Task Error_of_a_callback_reaches_the_caller()
    {
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => _shop.EachAsync(1, _ => throw new RpcException(RpcErrorTypes.RangeError, "Enough.") { Code = "enough" }));

        Assert.Equal((RpcErrorTypes.RangeError, "Enough.", "enough"), (error.ErrorType, error.Message, error.Code));
    }

    [Fact]
    public async Task Target_returned_to_its_owner_is_callable()
    {
        await using ICart cart = await _shop.OpenCartAsync("Ada");
        await using ICart same = await cart.PutAsync("tea", 5);

        Assert.Equal(5, await _shop.CountAsync(cart));
        Assert.Equal(5, await _shop.CountAsync(same));
        Assert.Equal(7, await _shop.CountAsync(await MyCartAsync()));

        static async Task<ICart> MyCartAsync() => await new Cart("mine").PutAsync("cup", 7);
    }

    [Fact]
    public async Task Disposed_stub_disposes_its_target()
    {
        ICart cart = await _shop.OpenCartAsync("Ada");
        Assert.False(_target.Carts[0].Disposed.Task.IsCompleted);

        await cart.DisposeAsync();
        await cart.DisposeAsync();

        await _target.Carts[0].Disposed.Task.WaitAsync(Cancellation);
        _ = await Assert.ThrowsAsync<ObjectDisposedException>(() => cart.CountAsync());
    }

    [Fact]
    public async Task Tables_are_empty_when_all_stubs_are_disposed()
    {
        for (int i = 0; i < 100; i++)
        {
            await using CartStub cart = _stub.OpenCart("Ada");
            await using RpcPromise<int> count = _stub.Count(cart);
            await using ICart put = await cart.Put("tea", count);
            Func<int, Task<int>> scaler = await _shop.ScalerAsync(2);
            using RpcStub function = RpcReference.Find(scaler)!;
            _ = await _shop.EachAsync(2, scaler, _ => { });
            _ = await Assert.ThrowsAsync<RpcException>(() => _shop.EachAsync(1, _ => throw new RpcException("No.")));
            await (await _shop.OpenCartAsync("Bob")).DisposeAsync();
            using RpcPromise<string> unwanted = _stub.Greet("nobody");
        }

        // Further calls give running methods time to end, and flush delayed releases.
        for (int i = 0; i < 1000 && Tables() != (1, 1, 1, 1); i++)
        {
            await _shop.TouchAsync();
            await Task.Yield();
            _client.Flush();
            _server.Flush();
        }

        Assert.Equal((1, 1, 1, 1), Tables());

        (int, int, int, int) Tables() =>
            (_client.Statistics.Imports, _client.Statistics.Exports, _server.Statistics.Imports, _server.Statistics.Exports);
    }

    [Fact]
    public async Task Cancelled_call_does_not_take_the_next_answer()
    {
        for (int i = 0; i < 3; i++)
        {
            _stub.Greet("nobody").Dispose();
            Assert.Equal("Hello, Ada!", await _shop.GreetAsync("Ada"));
        }
    }

    [Fact]
    public async Task Cancelled_call_cancels_the_method()
    {
        using var source = new CancellationTokenSource();
        Task waiting = _shop.WaitAsync(source.Token);
        await _target.Waiting.Task.WaitAsync(Cancellation);

        await source.CancelAsync();

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await _target.Cancelled.Task.WaitAsync(Cancellation);
    }

    [Fact]
    public async Task Inherited_members_of_a_class_are_unreachable()
    {
        var gauge = new FineGauge();
        (RpcMemoryTransport near, RpcMemoryTransport far) = RpcMemoryTransport.CreatePair();
        await using var server = new RpcSession(far, gauge);
        await using var client = new RpcSession(near);

        Assert.Equal(2, await client.Main.Property<int>("level"));
        _ = await client.Main.InvokeAsync<RpcVoid, IRpcArguments>("set", RpcArguments.Of<int, List<int>>(3, [4, 5]), Cancellation);
        Assert.Equal(12, gauge.Last);
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            async () => await client.Main.InvokeAsync<int, RpcArguments>("ofTheBase", RpcArguments.Of(), Cancellation));
        Assert.Equal("'ofTheBase' is not a function.", error.Message);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ValueTask<T> Call<T>(string name, IRpcArguments arguments) =>
        _client.Main.InvokeAsync<T, IRpcArguments>(name, arguments, Cancellation);
}
