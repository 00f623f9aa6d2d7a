using System.Diagnostics.CodeAnalysis;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>A target with every supported kind of member.</summary>
public interface IShop
{
    [RpcMember]
    Task<string> GreetAsync(string name, string greeting = "Hello", int? times = 1);

    [RpcMember("sum")]
    [SuppressMessage("Design", "CA1068", Justification = "Wherever the token stands, it takes no place on the wire.")]
    ValueTask<double> AddUpAsync(IReadOnlyList<double> numbers, CancellationToken cancellationToken = default, double scale = 1);

    [RpcMember]
    ValueTask TouchAsync();

    [RpcMember]
    Task<int> Touched { get; }

    [RpcMember]
    Task<ICart> OpenCartAsync(string customer);

    [RpcMember]
    Task<ICart?> FindCartAsync(string customer);

    [RpcMember]
    ICart Display { get; }

    [RpcMember]
    Task<int> CountAsync(ICart cart);

    [RpcMember]
    Task<Order> RepeatAsync(Order order);

    [RpcMember]
    Task<Func<int, Task<int>>> ScalerAsync(int by);

    [RpcMember]
    Task<int> EachAsync(int count, Func<int, Task<int>> onItem, Action<string>? log = null);

    [RpcMember]
    Task KeepAsync(Func<int, Task<int>> callback);

    [RpcMember]
    Task<int> CallKeptAsync(int value);

    [RpcMember]
    Task WaitAsync(CancellationToken cancellationToken);

    void NotOptedIn();
}

/// <summary>A cart, which the shop returns by reference.</summary>
public interface ICart : IAsyncDisposable
{
    [RpcMember]
    ValueTask<string> Owner { get; }

    [RpcMember]
    Task<ICart> PutAsync(string item, int count = 1);

    [RpcMember]
    Task<int> CountAsync();
}

/// <summary>A value with members of many types.</summary>
public sealed record Order(
    string Name, IReadOnlyList<Line> Lines, IReadOnlyDictionary<string, int[]> Sizes, int? Priority, HashSet<string> Tags);

public sealed record Line(string Item, long Count);

/// <summary>A plain implementation of the shop, which does not use the RPC library itself.</summary>
public sealed class Shop : IShop
{
    private int _touched;
    private Func<int, Task<int>>? _kept;

    public Cart Shown { get; } = new("display");

    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<Cart> Carts { get; } = [];

    public Task<int> Touched => Task.FromResult(_touched);

    public ICart Display => Shown;

    public Task<string> GreetAsync(string name, string greeting, int? times) =>
        Task.FromResult(string.Join(' ', Enumerable.Repeat($"{greeting}, {name}!", times ?? 0)));

    public ValueTask<double> AddUpAsync(IReadOnlyList<double> numbers, CancellationToken cancellationToken, double scale) =>
        new(numbers.Sum() * scale);

    public ValueTask TouchAsync()
    {
        _touched++;
        return default;
    }

    public async Task<ICart> OpenCartAsync(string customer)
    {
        await Task.Yield();
        var cart = new Cart(customer);
        Carts.Add(cart);
        return cart;
    }

    public Task<ICart?> FindCartAsync(string customer) => Task.FromResult<ICart?>(Carts.Find(cart => cart.Name == customer));

    public Task<int> CountAsync(ICart cart) => cart.CountAsync();

    public Task<Order> RepeatAsync(Order order) => Task.FromResult(order with { Lines = [.. order.Lines, .. order.Lines] });

    public Task<Func<int, Task<int>>> ScalerAsync(int by) =>
        Task.FromResult<Func<int, Task<int>>>(value => Task.FromResult(value * by));

    public async Task<int> EachAsync(int count, Func<int, Task<int>> onItem, Action<string>? log)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += await onItem(i);
            log?.Invoke($"item {i}");
        }

        return sum;
    }

    public Task KeepAsync(Func<int, Task<int>> callback)
    {
        _kept = RpcReference.As<Func<int, Task<int>>>(RpcReference.Find(callback)!.Duplicate());
        return Task.CompletedTask;
    }

    public async Task<int> CallKeptAsync(int value)
    {
        int result = await _kept!(value);
        RpcReference.Find(_kept)!.Dispose();
        return result;
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.Register(Cancelled.SetResult);
        Waiting.SetResult();
        await Cancelled.Task;
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void NotOptedIn()
    {
    }
}

public sealed class Cart(string owner) : ICart
{
    private int _count;

    public string Name => owner;

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask<string> Owner => new(owner);

    public Task<ICart> PutAsync(string item, int count)
    {
        _count += count;
        return Task.FromResult<ICart>(this);
    }

    public Task<int> CountAsync() => Task.FromResult(_count);

    public ValueTask DisposeAsync()
    {
        _ = Disposed.TrySetResult();
        return default;
    }
}

/// <summary>A class that is a target itself, with a base class whose members are not exposed.</summary>
public class Gauge
{
    [RpcMember]
    public virtual int Level => 1;

    [RpcMember]
    public int OfTheBase() => Level;
}

/// <inheritdoc/>
public sealed class FineGauge : Gauge
{
    [RpcMember]
    public override int Level => 2;

    [RpcMember("set")]
    public void Change(int level, params int[] more) => Last = level + more.Sum();

    public int Last { get; private set; }
}
