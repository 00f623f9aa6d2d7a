using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Repeats the traced conversations of npm clients with this library's client.</summary>
internal static class ClientScenarios
{
    public static IReadOnlyDictionary<string, Func<RpcSession, Task>> All { get; } = new Dictionary<string, Func<RpcSession, Task>>
    {
        ["call/plain"] = async session => Assert.Equal(9, await Square(session.Main, 3)),
        ["call/no-args"] = async session => Assert.Equal(0, await session.Main.InvokeAsync<int, RpcArguments>("take", default)),
        ["call/void"] = async session => Assert.Null(await session.Main.InvokeAsync<string?, RpcArguments>("getUndefined", default)),
        ["call/not-awaited"] = session => Do(() => SquareLater(session.Main, 3).Dispose()),
        ["call/pulled-late"] = async session =>
        {
            RpcPromise<double> promise = SquareLater(session.Main, 3);
            session.Flush();
            Assert.Equal(9, await promise);
        },
        ["call/await-twice"] = async session =>
        {
            RpcPromise<double> promise = SquareLater(session.Main, 3);
            Assert.Equal(await promise, await promise);
        },
        ["call/main-itself"] = async session => Assert.Equal(40, await session.Main.InvokeAsync<double, RpcArguments<int>>(null, new(4))),
        ["call/main-null"] = session => FailsAsync(Square(session.Main, 1), "Error", "This connection has no main object."),
        ["call/instance-property"] = session => FailsAsync(session.Main.Property<object>("instanceProp").AsValueTask(), "TypeError", null),
        ["call/inherited-object-member"] = async session =>
        {
            Assert.Null(await session.Main.Property<string?>("toString"));
            await FailsAsync(
                session.Main.InvokeAsync<string,
                RpcArguments<string>>("constructor", new("x")),
                "TypeError",
                "'constructor' is not a function.");
        },
        ["call/args-many"] = async session =>
            Assert.Equal(5, await session.Main.InvokeAsync<int, RpcArguments<int, int[], object, RpcUndefined, string>>(
            "take", RpcArguments.Of(1, new[] { 2 }, (object)new { three = 3 }, RpcUndefined.Value, "five"))),
        ["error/thrown"] = session => FailsAsync(Throw(session.Main), "RangeError", "test error"),
        ["error/thrown-rich"] = async session =>
        {
            RpcException error = await FailsAsync(session.Main.InvokeAsync<int, RpcArguments>("throwRich", default), "TypeError", "rich");
            Assert.Equal("E_RICH", error.Code);
            Assert.Equal("inner", Assert.IsType<RpcException>(error.Cause).Message);
        },
        ["error/thrown-string"] = async session => Assert.Equal(
            "just a string", (await FailsAsync(session.Main.InvokeAsync<int, RpcArguments>("throwString", default), "Error", null)).Thrown),
        ["error/thrown-stub-prop"] = session =>
            FailsAsync(session.Main.InvokeAsync<int, RpcArguments>("throwStubProp", default), "Error", "has stub"),
        ["error/arg-stub-prop"] = async session => Assert.Equal(1, await session.Main.InvokeAsync<int, RpcArguments<RpcException>>(
            "take", new(new RpcException("e") { Properties = new Dictionary<string, object?> { ["cb"] = new Doubler() } }))),
        ["error/unserializable-result"] = session =>
            FailsAsync(session.Main.InvokeAsync<int, RpcArguments>("unserializable", default), "TypeError", null),
        ["error/unserializable-argument"] = async session =>
        {
            await FailsAsync(session.Main.InvokeAsync<int, RpcArguments<Func<int>>>("square", new(() => 1)), "TypeError", null);
            Assert.Equal(4, await Square(session.Main, 2));
        },
        ["error/unserializable-argument-after-stub"] = async session =>
        {
            await FailsAsync(
                session.Main.InvokeAsync<int, RpcArguments<Doubler, Func<int>>>("take", new(new Doubler(), () => 1)), "TypeError", null);
            Assert.Equal(1, await session.Main.InvokeAsync<int, RpcArguments<Doubler>>("take", new(new Doubler())));
        },
        ["error/stack-and-props"] = session =>
            FailsAsync(session.Main.InvokeAsync<int, RpcArguments>("throwRich", default), "TypeError", "rich"),
        ["error/rewritten"] = session => FailsAsync(Throw(session.Main), "TypeError", "rewritten"),
        ["error/pipelined-on-failure"] = async session =>
        {
            using RpcPromise<RpcStub> failing = session.Main.Call<RpcStub, RpcArguments>("throwError", default);
            await FailsAsync(Increment(failing, 1), "RangeError", "test error");
        },
        ["error/failed-promise-as-argument"] = async session =>
        {
            using RpcPromise<double> failing = session.Main.Call<double, RpcArguments>("throwError", default);
            await FailsAsync(SquareOf(session.Main, failing).AsValueTask(), "RangeError", "test error");
        },
        ["pipeline/call-on-promise"] = async session =>
        {
            using RpcPromise<RpcStub> counter = CounterLater(session.Main, 4);
            Assert.Equal(7, await Increment(counter, 3));
        },
        ["pipeline/three-dependent"] = async session =>
        {
            using RpcPromise<double> first = SquareLater(session.Main, 2);
            using RpcPromise<double> second = SquareOf(session.Main, first);
            Assert.Equal(256, await SquareOf(session.Main, second));
        },
        ["pipeline/promise-as-argument"] = async session =>
        {
            using RpcPromise<double> square = SquareLater(session.Main, 2);
            var holder = new Dictionary<string, RpcStub[]> { ["x"] = [square] };
            Assert.Equal(1, await session.Main.InvokeAsync<int, RpcArguments<Dictionary<string, RpcStub[]>>>("take", new(holder)));
        },
        ["pipeline/same-promise-twice"] = async session =>
        {
            using RpcPromise<double> square = SquareLater(session.Main, 3);
            Assert.Equal(
                18,
                await session.Main.InvokeAsync<double,
                RpcArguments<RpcPromise<double>,
                RpcPromise<double>>>("add", new(square, square)));
        },
        ["pipeline/awaited-and-pipelined"] = async session =>
        {
            RpcPromise<RpcStub> counter = CounterLater(session.Main, 1);
            RpcPromise<double> count = counter.Call<double, RpcArguments<double>>("increment", new(1));
            Task<RpcStub> made = counter.AsTask();
            Task<double> counted = count.AsTask();
            Assert.Equal(2, await counted);
            (await made).Dispose();
        },
        ["pipeline/after-resolution"] = async session =>
        {
            using RpcStub counter = await CounterLater(session.Main, 1);
            Assert.Equal(2, await Increment(counter, 1));
        },
        ["pipeline/result-holds-promise-to-peer"] = async session => Assert.Equal(9, (await session.Main
            .InvokeAsync<Dictionary<string, double>, RpcArguments<RpcStub, double>>("callSquare", new(session.Main, 3)))["result"]),
        ["callback/call"] = async session => Assert.Equal(10, (await session.Main
            .InvokeAsync<Dictionary<string, double>, RpcArguments<Doubler, int>>("callFunction", new(new Doubler(), 5)))["result"]),
        ["callback/target"] = async session => Assert.Equal(13, await session.Main
            .InvokeAsync<double, RpcArguments<Counter, int>>("incrementCounter", new(new Counter(4), 9))),
        ["callback/throws"] = session => FailsAsync(
            session.Main.InvokeAsync<object,
            RpcArguments<Thrower,
            int>>("callFunction", new(new Thrower(), 1)),
            "TypeError",
            "from callback"),
        ["callback/kept-by-dup"] = async session =>
        {
            await session.Main.InvokeAsync<string, RpcArguments<Adder>>("keep", new(new Adder(1)));
            Assert.Equal(6, await session.Main.InvokeAsync<double, RpcArguments<int>>("useKept", new(5)));
            await session.Main.InvokeAsync<RpcVoid, RpcArguments>("dropKept", default);
        },
        ["callback/promise-in-result"] = async session => Assert.Equal(2, (await session.Main
            .InvokeAsync<Dictionary<string, double>, RpcArguments<Adder>>("nestCallback", new(new Adder(1))))["r"]),
        ["callback/returned-as-is"] = session =>
            FailsAsync(session.Main.InvokeAsync<RpcStub, RpcArguments<Doubler>>("echo", new(new Doubler())), "Error", null),
        ["callback/returned-dup"] = async session =>
        {
            var home = await session.Main.InvokeAsync<Dictionary<string, RpcStub>, RpcArguments<Doubler>>("echoDupIn", new(new Doubler()));
            home["f"].Dispose();
            (await session.Main.InvokeAsync<RpcStub, RpcArguments<Doubler>>("echoDup", new(new Doubler()))).Dispose();
        },
        ["callback/client-main"] = async session =>
            Assert.Equal("hello the client", await session.Main.InvokeAsync<string, RpcArguments>("go", default)),
        ["order/plain"] = async session =>
        {
            RpcPromise<int>[] promises = [Record(session.Main, 1), Record(session.Main, 2), Record(session.Main, 3)];
            Assert.Equal(new[] { 1, 2, 3 }, await Task.WhenAll(promises.Select(promise => promise.AsTask())));
            Assert.Equal(new[] { 1, 2, 3 }, await session.Main.InvokeAsync<int[], RpcArguments>("getLog", default));
        },
        ["order/remote-promise-argument"] = async session =>
        {
            using RpcPromise<int> later = session.Main.Call<int, RpcArguments<int, int>>("later", new(20, 1));
            Task<int> first = session.Main.Call<int, RpcArguments<RpcPromise<int>>>("record", new(later)).AsTask();
            Assert.Equal(1, await Record(session.Main, 2));
            Assert.Equal(2, await first);
            Assert.Equal(new[] { 2, 1 }, await session.Main.InvokeAsync<int[], RpcArguments>("getLog", default));
        },
        ["release/result-stub"] = async session => (await CounterLater(session.Main, 1)).Dispose(),
        ["release/twice"] = async session =>
        {
            RpcStub counter = await CounterLater(session.Main, 1);
            counter.Dispose();
            counter.Dispose();
        },
        ["release/dup"] = async session =>
        {
            RpcStub counter = await CounterLater(session.Main, 1);
            using RpcStub second = counter.Duplicate();
            counter.Dispose();
            Assert.Equal(2, await Increment(second, 1));
        },
        ["release/cancel-pending-result-stub"] = async session =>
        {
            using var given = new CancellationTokenSource();
            ValueTask<RpcStub> call = session.Main.InvokeAsync<RpcStub, RpcArguments>("laterCounter", default, given.Token);
            await given.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await call);
        },
        ["limit/send-depth"] = async session =>
        {
            object deep = 1;
            for (int i = 0; i < 256; i++)
            {
                deep = new[] { deep };
            }

            await FailsAsync(session.Main.InvokeAsync<int, RpcArguments<object>>("square", new(deep)), "TypeError", null);
            Assert.Equal(1, await Square(session.Main, 1));
        },
    };

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static ValueTask<double> Square(RpcStub stub, double x) => stub.InvokeAsync<double, RpcArguments<double>>("square", new(x));

    private static RpcPromise<double> SquareLater(RpcStub stub, double x) => stub.Call<double, RpcArguments<double>>("square", new(x));

    private static RpcPromise<double> SquareOf(RpcStub stub, RpcPromise<double> x) =>
        stub.Call<double, RpcArguments<RpcPromise<double>>>("square", new(x));

    private static RpcPromise<RpcStub> CounterLater(RpcStub stub, double start) =>
        stub.Call<RpcStub, RpcArguments<double>>("makeCounter", new(start));

    private static ValueTask<double> Increment(RpcStub counter, double by) =>
        counter.InvokeAsync<double, RpcArguments<double>>("increment", new(by));

    private static RpcPromise<int> Record(RpcStub stub, int n) => stub.Call<int, RpcArguments<int>>("record", new(n));

    private static ValueTask<int> Throw(RpcStub stub) => stub.InvokeAsync<int, RpcArguments>("throwError", default);

    private static async Task<RpcException> FailsAsync<T>(ValueTask<T> call, string type, string? message)
    {
        RpcException error = await Assert.ThrowsAnyAsync<RpcException>(async () => await call);
        Assert.Equal(type, error.ErrorType);
        Assert.Equal(message ?? error.Message, error.Message);
        return error;
    }
}

/// <summary>The main object of a client.</summary>
internal sealed class NamedClient
{
    public static RpcContract<NamedClient> Contract { get; } =
        new(null, RpcMember<NamedClient>.Method("name", (_, call) => call.Return("the client")));
}

/// <summary>Returns 2x.</summary>
internal sealed class Doubler
{
    static Doubler() => RpcContract.Register(new RpcContract<Doubler>(
        null, RpcMember<Doubler>.Self((_, call) => call.Return(2 * call.Required<double>(0, "x")))));
}

/// <summary>Returns x + n.</summary>
internal sealed class Adder(double n)
{
    static Adder() => RpcContract.Register(new RpcContract<Adder>(
        null, RpcMember<Adder>.Self((adder, call) => call.Return(adder.N + call.Required<double>(0, "x")))));

    private double N { get; } = n;
}

/// <summary>Throws.</summary>
internal sealed class Thrower
{
    static Thrower() => RpcContract.Register(new RpcContract<Thrower>(
        null, RpcMember<Thrower>.Self((_, _) => throw new RpcException(RpcErrorTypes.TypeError, "from callback"))));
}
