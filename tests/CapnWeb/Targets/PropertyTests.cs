using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>Property stubs own no reference, because callers cannot dispose a property that they read through an interface.</summary>
public sealed class PropertyTests : IAsyncDisposable
{
    private readonly Shop _target = new();
    private readonly RpcSession _server;
    private readonly RpcSession _client;
    private readonly ShopStub _shop;

    public PropertyTests()
    {
        (RpcMemoryTransport near, RpcMemoryTransport far) = RpcMemoryTransport.CreatePair();
        _server = RpcSession.Create<IShop>(far, _target);
        _client = new RpcSession(near);
        _shop = (ShopStub)_client.GetMain<IShop>();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Property_is_released_with_its_owner()
    {
        CartStub cart = _shop.OpenCart("Ada");
        Assert.Equal("Ada", await ((ICart)cart).Owner);
        Assert.Equal("Hello, Ada!", await _shop.Greet(cart.Owner));
        _ = cart.Property<object>("never").Property<object>("used");

        cart.Dispose();
        _client.Flush();

        await _target.Carts[0].Disposed.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, _client.Statistics.Imports);
    }

    [Fact]
    public async Task Property_of_a_disposed_owner_fails()
    {
        CartStub cart = _shop.OpenCart("Ada");
        RpcPromise<string> owner = cart.Owner;
        cart.Dispose();

        for (int i = 0; i < 2; i++)
        {
            _ = await Assert.ThrowsAsync<ObjectDisposedException>(async () => await owner);
        }
    }

    [Fact]
    public async Task Duplicate_of_a_property_outlives_its_owner()
    {
        CartStub cart = _shop.OpenCart("Ada");
        using RpcStub owner = cart.Owner.Duplicate();
        cart.Dispose();

        Assert.Equal("Hello, Ada!", await _client.Main.InvokeAsync<string, RpcArguments<RpcStub>>(
            "greet", RpcArguments.Of(owner), TestContext.Current.CancellationToken));
    }
}
