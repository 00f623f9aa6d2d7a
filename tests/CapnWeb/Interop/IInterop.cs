using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>The target of both servers in the interop tests. <c>Node/target.mjs</c> has the same members.</summary>
public interface IInterop
{
    [RpcMember]
    Task<object?> EchoAsync(object? value);

    [RpcMember]
    Task<object?> GiveAsync(string kind);

    [RpcMember]
    Task<bool> CheckAsync(string kind, object? value);

    [RpcMember]
    Task NothingAsync();

    [RpcMember]
    ValueTask<double> SquareAsync(double n);

    [RpcMember]
    ValueTask<double> AddAsync(double a, double b);

    [RpcMember]
    ValueTask<string> GreetAsync(string name, string greeting = "Hello");

    [RpcMember]
    Task<string> Version { get; }

    [RpcMember]
    Task<Settings> Settings { get; }

    [RpcMember]
    Task<ICounter> CounterAsync(double start = 0);

    [RpcMember]
    Task<Login> AuthenticateAsync(string token);

    [RpcMember]
    Task<object?> LaterAsync(object? value);

    [RpcMember]
    Task<object?> NestedAsync();

    [RpcMember]
    Task<double> IncrementAsync(ICounter counter, double by);

    [RpcMember]
    Task<IReadOnlyList<User>> UsersAsync();

    [RpcMember]
    Task<int[]> IdsAsync();

    [RpcMember]
    Task<object?> CallMeAsync(Func<object?, Task<object?>> callback, object? value = null);

    [RpcMember]
    Task<IReadOnlyList<double>> CallMeOftenAsync(Func<int, Task<double>> callback, int times);

    [RpcMember]
    Task<CallbackResult> GiveBackAsync(Func<object?, Task<object?>> callback);

    [RpcMember]
    Task KeepAsync(Func<object?, Task<object?>> callback);

    [RpcMember]
    Task<object?> CallKeptAsync(object? value);

    [RpcMember]
    Task DropKeptAsync();

    [RpcMember]
    Task FailAsync(string kind);

    [RpcMember]
    Task FailWithAsync(string kind);

    [RpcMember]
    Task<object?> GiveErrorAsync(string kind);

    [RpcMember]
    Task<bool> CheckErrorAsync(string kind, object? error);

    [RpcMember]
    ValueTask AppendAsync(int n);

    [RpcMember]
    Task<IReadOnlyList<int>> TakeAppendedAsync();

    [RpcMember]
    Task<object?> WaitAsync();

    [RpcMember]
    Task CompleteWaitAsync(object? value);

    [RpcMember]
    Task<Counts> CountsAsync();

    [RpcMember]
    Task<Tables> TablesAsync();
}

/// <summary>A counter that calls return by reference.</summary>
public interface ICounter : IAsyncDisposable
{
    [RpcMember]
    Task<double> Value { get; }

    [RpcMember]
    Task<double> IncrementAsync(double by = 1);

    [RpcMember]
    Task FailAsync();
}

/// <summary>An account, which is returned by reference inside <see cref="Login"/>.</summary>
public interface IAccount : IAsyncDisposable
{
    [RpcMember]
    Task<string> Name { get; }

    [RpcMember]
    Task<string> GreetAsync(string greeting);

    [RpcMember]
    Task<ICounter> CounterAsync(double start);
}

/// <summary>A value that contains another record and a list.</summary>
public sealed record Settings(Theme Theme, IReadOnlyList<int> Sizes);

public sealed record Theme(string Color);

public sealed record User(string Name, int Id);

/// <summary>A value that contains a value and a reference.</summary>
public sealed record Login(User User, IAccount Account);

/// <summary>A result that contains the function that the caller passed.</summary>
public sealed record CallbackResult(Func<object?, Task<object?>> Callback);

/// <summary>Numbers of targets created and disposed, over all connections of a server.</summary>
public sealed record Counts(int Made, int Disposed);

/// <summary>Table sizes of the answering end, including the call that asks for them.</summary>
public sealed record Tables(int Imports, int Exports)
{
    /// <summary>The tables of an idle session: the main objects, and the pending call of <c>tables</c> as an export.</summary>
    public static readonly Tables Idle = new(1, 2);
}
