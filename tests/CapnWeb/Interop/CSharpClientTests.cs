using System.Globalization;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Node;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>This library's client against the npm package's server, over a WebSocket.</summary>
public sealed class CSharpClientTests(SharedNodeServer shared) : IClassFixture<SharedNodeServer>
{
    [Fact]
    public async Task Every_kind_of_value_crosses_both_ways()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());
        var wrong = new List<string>();
        foreach ((string kind, ValueKind value) in ValueKinds.All)
        {
            Note(await node.Main.CheckAsync(kind, value.Make()), $"{kind} does not arrive");
            Note(value.Is(await node.Main.GiveAsync(kind)), $"{kind} does not come");
            Note(value.Is(await node.Main.EchoAsync(value.Make())), $"{kind} is not echoed");
        }

        Assert.Empty(wrong);
        await node.AssertIdleAsync();

        void Note(bool isRight, string otherwise)
        {
            if (!isRight)
            {
                wrong.Add(otherwise);
            }
        }
    }

    [Fact]
    public async Task Typed_values_and_defaults_arrive()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());

        await node.Main.NothingAsync();
        Assert.Equal("Hi, Ada!", await node.Main.GreetAsync("Ada", "Hi"));
        // The second argument is missing, so the server uses its default.
        Assert.Equal(
            "Hello, Ada!",
            await node.Session.Main.InvokeAsync<string,
            RpcArguments<string>>("greet", RpcArguments.Of("Ada"), Cancellation));
        Assert.Equal("1.2.3", await node.Main.Version);
        Assert.Equal("red", (await node.Main.Settings).Theme.Color);
        Assert.Equal([10, 20, 30], (await node.Main.Settings).Sizes);
        Assert.Equal("red", await node.Stub.Settings.Property<Theme>("theme").Property<string>("color"));
        Assert.Same(RpcUndefined.Value, await node.Stub.Settings.Property<object>("nothing"));
        Assert.Equal([new User("Ada", 1), new User("Grace", 2), new User("Edsger", 3)], await node.Main.UsersAsync());
        await node.AssertIdleAsync();
    }

    [Fact]
    public async Task Too_deep_value_is_refused_before_sending()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());

        await Assert.ThrowsAsync<RpcValueException>(() => node.Main.EchoAsync(ValueKinds.Arrays(255)));

        Assert.Equal(9, await node.Main.SquareAsync(3));
        await node.AssertIdleAsync();
    }

    [Fact]
    public async Task Promises_are_called_and_passed_as_arguments()
    {
        const int Calls = 12;
        // A separate server, because pausing it would block the calls of other tests.
        await using NodeServer own = await NodeServer.StartAsync();
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(own);
        long before = node.Session.Statistics.MessagesSent;
        await own.PauseAsync();
        await using (RpcPromise<Login> login = node.Stub.Authenticate("secret"))
        await using (AccountStub account = new(login.Property<IAccount>("account")))
        await using (CounterStub counter = account.Counter(10))
        await using (RpcPromise<double> nine = node.Stub.Square(3))
        await using (RpcPromise<object?> six = node.Stub.Later(6))
        {
            Task<string> greeting = account.Greet("Hi").AsTask();
            Task<double>[] increments = [.. Enumerable.Range(1, 3).Select(by => counter.Increment(by).AsTask())];
            Task<string> name = node.Stub.Greet(login.Property<User>("user").Property<string>("name")).AsTask();
            Task<double> square = node.Stub.Square(nine).AsTask();
            Task<double> increment = node.Main.IncrementAsync(counter, 4);
            Task<object?> echo = node.Main.EchoAsync(new object?[] { nine, ValueKinds.Members(("six", six)) });
            // The server process is paused, so all calls were sent before any answer.
            Assert.InRange(node.Session.Statistics.MessagesSent - before, Calls, long.MaxValue);
            await own.ResumeAsync();

            Assert.Equal("Hi, Ada!", await greeting);
            Assert.Equal<double[]>([11, 13, 16], await Task.WhenAll(increments));
            Assert.Equal("Hello, Ada!", await name);
            Assert.Equal(81, await square);
            Assert.Equal(20, await increment);
            Assert.True(ValueKinds.AreSame(new object?[] { 9.0, ValueKinds.Members(("six", 6.0)) }, await echo));
            Assert.Equal(20, await counter.Value);
            Assert.Equal("Ada", await account.Name);
        }

        Assert.True(ValueKinds.AreSame(ValueKinds.Nested(), await node.Main.NestedAsync()));
        await node.AssertIdleAsync();
    }

    [Fact]
    public async Task Failed_promise_fails_the_calls_on_it()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());
        await using (
            RpcPromise<double> failing = node.Session.Main.Call<double, RpcArguments<string>>(
                "fail", RpcArguments.Of("RangeError"), Cancellation))
        await using (RpcPromise<Login> refused = node.Stub.Authenticate("wrong"))
        await using (AccountStub account = new(refused.Property<IAccount>("account")))
        {
            Task<double> square = node.Stub.Square(failing).AsTask();
            Task<string> greeting = account.Greet("Hi").AsTask();

            RpcException range = await Assert.ThrowsAsync<RpcException>(() => square);
            RpcException type = await Assert.ThrowsAsync<RpcException>(() => greeting);

            Assert.Equal((RpcErrorTypes.RangeError, "an RangeError"), (range.ErrorType, range.Message));
            Assert.Equal((RpcErrorTypes.TypeError, "unknown token"), (type.ErrorType, type.Message));
        }

        await node.AssertIdleAsync();
    }

    [Fact]
    public async Task Calls_start_in_order()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());
        int[] numbers = [.. Enumerable.Range(0, 500)];

        Task[] appends = [.. numbers.Select(n => node.Main.AppendAsync(n).AsTask())];
        Assert.Equal(numbers, await node.Main.TakeAppendedAsync());
        await Task.WhenAll(appends);

        await using (CounterStub counter = node.Stub.Counter(0))
        {
            Assert.Equal(numbers.Select(n => n + 1.0), await Task.WhenAll(numbers.Select(_ => counter.Increment(1).AsTask())));
        }

        Task<object?> waiting = node.Main.WaitAsync();
        Assert.Equal(16, await node.Main.SquareAsync(4));
        Assert.False(waiting.IsCompleted);
        await node.Main.CompleteWaitAsync("gone");
        Assert.Equal("gone", await waiting);
        await node.AssertIdleAsync();
    }

    [Fact]
    public async Task Server_calls_functions_and_targets_of_the_client()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());
        var mine = new Counter(1);

        Assert.Equal(42.0, await node.Main.CallMeAsync(value => Task.FromResult<object?>((double)value! * 2), 21));
        Assert.Equal([0, 1, 4, 9, 16], await node.Main.CallMeOftenAsync(async i =>
        {
            await Task.Yield();
            return i * i;
        }, 5));
        Assert.Equal(5, await node.Main.IncrementAsync(mine, 4));
        await using (ICounter theirs = await node.Main.CounterAsync(1))
        {
            Assert.Equal(3, await node.Main.IncrementAsync(theirs, 2));
        }

        CallbackResult home = await node.Main.GiveBackAsync(value => Task.FromResult<object?>($"home {value}"));
        Assert.Equal("home 1", await home.Callback(1));
        RpcReference.Find(home.Callback)?.Dispose();

        await node.Main.KeepAsync(value => Task.FromResult<object?>(string.Create(CultureInfo.InvariantCulture, $"kept {value}")));
        Assert.Equal("kept 1", await node.Main.CallKeptAsync(1));
        Assert.Equal("kept 2", await node.Main.CallKeptAsync(2));
        await node.Main.DropKeptAsync();
        await node.AssertIdleAsync();
        Assert.Equal(1, mine.Disposals);
    }

    [Fact]
    public async Task Every_kind_of_error_crosses_both_ways()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());
        foreach ((string kind, ErrorKind error) in ErrorKinds.All)
        {
            Assert.True(error.Is(await Assert.ThrowsAsync<RpcException>(() => node.Main.FailAsync(kind))), $"{kind} is thrown");
            Assert.True(await node.Main.GiveErrorAsync(kind) is RpcException given && error.Is(given), $"{kind} is a result");
            Assert.True(await node.Main.CheckErrorAsync(kind, error.Make()), $"{kind} is an argument");
            RpcException returned = await Assert.ThrowsAsync<RpcException>(() => node.Main.CallMeAsync(_ => throw error.Make()));
            // JavaScript keeps only its own error types. An error that passed through it comes back with those.
            Assert.True(error.Is(returned), $"{kind} is thrown by a callback");
        }

        foreach ((string kind, object? value) in ErrorKinds.Thrown)
        {
            RpcException thrown = await Assert.ThrowsAsync<RpcException>(() => node.Main.FailWithAsync(kind));
            Assert.True(thrown.IsThrownValue && ValueKinds.AreSame(value, thrown.Thrown), $"{kind} is thrown, no error");
        }

        RpcException missing = await Assert.ThrowsAsync<RpcException>(
            async () => await node.Session.Main.InvokeAsync<object?, RpcArguments>("missing", RpcArguments.Of(), Cancellation));
        Assert.Equal((RpcErrorTypes.TypeError, "'missing' is not a function."), (missing.ErrorType, missing.Message));
        Assert.Null(missing.RemoteStack);
        await node.AssertIdleAsync();
    }

    [Fact]
    public async Task Disposed_stub_is_released_once()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());
        Counts before = await node.Main.CountsAsync();
        var first = (CounterStub)await node.Main.CounterAsync(1);
        ICounter second = await node.Main.CounterAsync(2);
        var kept = new CounterStub(first.Duplicate());
        first.Dispose();
        first.Dispose();
        await second.DisposeAsync();

        Assert.Equal(2, await kept.Increment(1));
        Assert.Equal(new Counts(2, 1), await SinceAsync(node, before));
        kept.Dispose();
        Assert.Equal(new Counts(2, 2), await SinceAsync(node, before));

        await (await node.Main.AuthenticateAsync("secret")).Account.DisposeAsync();
        Assert.Equal(new Counts(3, 3), await SinceAsync(node, before));

        // This call is disposed without being awaited.
        node.Stub.Counter(3).Dispose();
        Assert.Equal(new Counts(4, 4), await SinceAsync(node, before));
        await node.AssertIdleAsync();
    }

    [Fact]
    public async Task Tables_are_empty_after_ten_thousand_calls()
    {
        const int Rounds = 2_500;
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());
        Counts before = await node.Main.CountsAsync();
        double sum = 0;
        for (int i = 0; i < Rounds; i++)
        {
            await using CounterStub counter = node.Stub.Counter(i);
            Task<double> next = counter.Increment(1).AsTask();
            Task<double> square = node.Stub.Square(2).AsTask();
            Task<object?> called = node.Main.CallMeAsync(Task.FromResult, 1);
            sum += await next + await square + (double)(await called)!;
        }

        Assert.Equal((Rounds * (Rounds - 1) / 2) + (Rounds * 6), sum);
        await node.AssertIdleAsync();
        Assert.Equal(new Counts(Rounds, Rounds), await SinceAsync(node, before));
    }

    [Fact]
    public async Task Server_releases_everything_when_the_session_ends()
    {
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(await shared.IdleServerAsync());
        await node.Main.CounterAsync(1);
        Task<object?> waiting = node.Main.WaitAsync();
        Assert.Equal(1, await node.Main.SquareAsync(1));

        await node.Session.DisposeAsync();

        await Assert.ThrowsAsync<RpcBrokenException>(() => waiting);
        await node.Server.WaitUntilIdleAsync(Cancellation);
    }

    [Fact]
    public async Task Pending_calls_fail_when_the_server_dies()
    {
        await using NodeServer own = await NodeServer.StartAsync();
        await using ToJavaScript node = await ToJavaScript.ConnectAsync(own);
        Task<object?> waiting = node.Main.WaitAsync();
        Assert.Equal(1, await node.Main.SquareAsync(1));

        own.Kill();

        await Assert.ThrowsAnyAsync<Exception>(() => waiting.WaitAsync(Cancellation));
        Assert.NotNull(node.Session.Error);
        await Assert.ThrowsAnyAsync<Exception>(async () => await node.Main.SquareAsync(1));
    }

    private static async Task<Counts> SinceAsync(ToJavaScript node, Counts before)
    {
        Counts now = await node.Main.CountsAsync();
        return new Counts(now.Made - before.Made, now.Disposed - before.Disposed);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
