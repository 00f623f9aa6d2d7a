using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.References;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.References;

/// <summary>Disposed socket references leave no file and no thread. Runs alone, because other tests also create both.</summary>
[Collection(Alone.Name)]
public class SocketReferenceTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    [Fact(Timeout = 30_000)]
    public async Task Unix_socket_file_exists_as_long_as_its_stub()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string[] before = Files();
        IRuntimeStub stub = new UnixReference().Connect(launch.Host);
        await CallAsync(stub, cancellation);
        Assert.Single(Files().Except(before));

        await stub.DisposeAsync();

        Assert.Empty(Files().Except(before));

        static string[] Files() => Directory.GetFiles(Path.GetTempPath(), "reference-*.sock");
    }

    [Fact(Timeout = 30_000)]
    public async Task Thread_of_a_blocking_reference_ends_with_its_stub()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows the names of a process's threads.");
        int before = Threads();
        IRuntimeStub stub = new TcpBlockingReference().Connect(launch.Host);
        await CallAsync(stub, cancellation);
        Assert.Equal(before + 1, Threads());

        await stub.DisposeAsync();

        while (Threads() > before)
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        // Linux keeps 15 characters of a thread's name.
        static int Threads() => Directory.GetDirectories("/proc/self/task").Count(thread =>
            "socket reference".StartsWith(NameOf(thread), StringComparison.Ordinal) && NameOf(thread).Length == 15);
    }

    private static async Task CallAsync(IRuntimeStub stub, CancellationToken cancellation) =>
        await stub.ExecuteAsync(new ExecuteRequest("echo", new Payload("x", new PayloadMetadata(1)), 1), cancellation);

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).Trim();
        }
        catch (IOException)
        {
            // The thread has ended, so it has no name.
            return "";
        }
    }
}
