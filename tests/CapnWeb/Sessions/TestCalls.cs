using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Shorter overloads for tests: calls without a cancellation token, and waiting for what other threads do.</summary>
internal static class TestCalls
{
    private const int MaxWaitMilliseconds = 60_000;

    public static ValueTask<T> CallAsync<T, TArgs>(this RpcStub stub, string? name, TArgs args)
        where TArgs : IRpcArguments => stub.InvokeAsync<T, TArgs>(name, args, CancellationToken.None);

    public static RpcPromise<T> Begin<T, TArgs>(this RpcStub stub, string? name, TArgs args)
        where TArgs : IRpcArguments => stub.Call<T, TArgs>(name, args, CancellationToken.None);

    /// <summary>Runs the work on the thread pool, outside the test's synchronization context.</summary>
    public static Task<T> InBackgroundAsync<T>(Func<Task<T>> work) => Task.Run(work, CancellationToken.None);

    /// <inheritdoc cref="InBackgroundAsync{T}"/>
    public static Task InBackgroundAsync(Func<Task> work) => Task.Run(work, CancellationToken.None);

    /// <inheritdoc cref="InBackgroundAsync{T}"/>
    public static Task InBackgroundAsync(Action work) => Task.Run(work, CancellationToken.None);

    /// <summary>Waits until a condition is met. The test fails if that takes a minute.</summary>
    public static async Task WaitForAsync(Func<bool> condition)
    {
        long started = Environment.TickCount64;
        bool isMet = condition();
        while (!isMet && Environment.TickCount64 - started < MaxWaitMilliseconds)
        {
            await Task.Yield();
            isMet = condition();
        }

        Assert.True(isMet);
    }
}
