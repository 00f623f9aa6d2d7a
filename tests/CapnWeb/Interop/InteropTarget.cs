using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>The interop target in C#. Each connection has its own instance.</summary>
internal sealed class InteropTarget(HandedOut handedOut) : IInterop
{
    private readonly List<int> _appended = [];
    private readonly TaskCompletionSource<object?> _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<object?, Task<object?>>? _kept;

    /// <summary>The connection's session. A call may arrive before the session is set.</summary>
    public TaskCompletionSource<RpcSession> Session { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Version => Task.FromResult("1.2.3");

    public Task<Settings> Settings => Task.FromResult(new Settings(new Theme("red"), [10, 20, 30]));

    public Task<object?> EchoAsync(object? value) => Task.FromResult(value);

    public Task<object?> GiveAsync(string kind) => Task.FromResult(ValueKinds.All[kind].Make());

    public Task<bool> CheckAsync(string kind, object? value) => Task.FromResult(ValueKinds.All[kind].Is(value));

    public Task NothingAsync() => Task.CompletedTask;

    public ValueTask<double> SquareAsync(double n) => new(n * n);

    public ValueTask<double> AddAsync(double a, double b) => new(a + b);

    public ValueTask<string> GreetAsync(string name, string greeting) => new($"{greeting}, {name}!");

    public Task<ICounter> CounterAsync(double start) => Task.FromResult<ICounter>(new Counter(start, handedOut));

    public Task<Login> AuthenticateAsync(string token) => token == "secret"
        ? Task.FromResult(new Login(new User("Ada", 7), new Account("Ada", handedOut)))
        : throw new RpcException(RpcErrorTypes.TypeError, "unknown token");

    public async Task<object?> LaterAsync(object? value)
    {
        await Task.Yield();
        return value;
    }

    public Task<object?> NestedAsync() => Task.FromResult(ValueKinds.Nested());

    public Task<double> IncrementAsync(ICounter counter, double by) => counter.IncrementAsync(by);

    public Task<IReadOnlyList<User>> UsersAsync() =>
        Task.FromResult<IReadOnlyList<User>>([new User("Ada", 1), new User("Grace", 2), new User("Edsger", 3)]);

    public Task<int[]> IdsAsync() => Task.FromResult<int[]>([1, 2, 3]);

    public Task<object?> CallMeAsync(Func<object?, Task<object?>> callback, object? value) => callback(value);

    public async Task<IReadOnlyList<double>> CallMeOftenAsync(Func<int, Task<double>> callback, int times)
    {
        var given = new List<double>();
        for (int i = 0; i < times; i++)
        {
            given.Add(await callback(i));
        }

        return given;
    }

    public Task<CallbackResult> GiveBackAsync(Func<object?, Task<object?>> callback) =>
        Task.FromResult(new CallbackResult(Duplicate(callback)));

    public async Task KeepAsync(Func<object?, Task<object?>> callback)
    {
        await DropKeptAsync();
        _kept = Duplicate(callback);
    }

    public Task<object?> CallKeptAsync(object? value) => _kept!(value);

    public Task DropKeptAsync()
    {
        if (_kept is not null)
        {
            RpcReference.Find(_kept)!.Dispose();
        }

        _kept = null;
        return Task.CompletedTask;
    }

    public Task FailAsync(string kind) => throw ErrorKinds.All[kind].Make();

    public Task FailWithAsync(string kind) => throw new RpcException("no error") { Thrown = ErrorKinds.Thrown[kind] };

    public Task<object?> GiveErrorAsync(string kind) => Task.FromResult<object?>(ErrorKinds.All[kind].Make());

    public Task<bool> CheckErrorAsync(string kind, object? error) =>
        Task.FromResult(error is RpcException given && ErrorKinds.All[kind].Is(given));

    public ValueTask AppendAsync(int n)
    {
        _appended.Add(n);
        return default;
    }

    public Task<IReadOnlyList<int>> TakeAppendedAsync()
    {
        int[] taken = [.. _appended];
        _appended.Clear();
        return Task.FromResult<IReadOnlyList<int>>(taken);
    }

    public Task<object?> WaitAsync() => _gate.Task;

    public Task CompleteWaitAsync(object? value)
    {
        _gate.SetResult(value);
        return Task.CompletedTask;
    }

    public Task<Counts> CountsAsync() => Task.FromResult(handedOut.Counts);

    public async Task<Tables> TablesAsync()
    {
        RpcStatistics statistics = (await Session.Task).Statistics;
        return new Tables(statistics.Imports, statistics.Exports);
    }

    private static Func<object?, Task<object?>> Duplicate(Func<object?, Task<object?>> callback) =>
        RpcReference.As<Func<object?, Task<object?>>>(RpcReference.Find(callback)!.Duplicate());
}

/// <summary>Counts targets created and disposed, over all connections of a server.</summary>
internal sealed class HandedOut
{
    private int _made;
    private int _disposed;

    public Counts Counts => new(Volatile.Read(ref _made), Volatile.Read(ref _disposed));

    public void Made() => Interlocked.Increment(ref _made);

    public void Disposed() => Interlocked.Increment(ref _disposed);
}

/// <summary>A counter that reports its creation and disposal.</summary>
internal sealed class Counter : ICounter
{
    private readonly HandedOut? _handedOut;
    private double _value;

    public Counter(double start, HandedOut? handedOut = null)
    {
        (_value, _handedOut) = (start, handedOut);
        handedOut?.Made();
    }

    public int Disposals { get; private set; }

    public Task<double> Value => Task.FromResult(_value);

    public Task<double> IncrementAsync(double by) => Task.FromResult(_value += by);

    public Task FailAsync() => throw new RpcException(RpcErrorTypes.RangeError, "the counter fails");

    public ValueTask DisposeAsync()
    {
        Disposals++;
        _handedOut?.Disposed();
        return default;
    }
}

internal sealed class Account : IAccount
{
    private readonly HandedOut _handedOut;
    private readonly string _name;

    public Account(string name, HandedOut handedOut)
    {
        (_name, _handedOut) = (name, handedOut);
        handedOut.Made();
    }

    public Task<string> Name => Task.FromResult(_name);

    public Task<string> GreetAsync(string greeting) => Task.FromResult($"{greeting}, {_name}!");

    public Task<ICounter> CounterAsync(double start) => Task.FromResult<ICounter>(new Counter(start, _handedOut));

    public ValueTask DisposeAsync()
    {
        _handedOut.Disposed();
        return default;
    }
}
