using WorkerRpc.Bindings.Hosting;

namespace WorkerRpc.RuntimeWorker;

internal static class Program
{
    public static Task<int> Main(string[] args) => WorkerDefaults.RunAsync(() => RuntimeApp.Build(args), Console.Error);
}
