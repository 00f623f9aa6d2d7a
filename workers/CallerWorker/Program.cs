using WorkerRpc.Bindings.Hosting;

namespace WorkerRpc.CallerWorker;

internal static class Program
{
    public static Task<int> Main(string[] args) => WorkerDefaults.RunAsync(() => CallerApp.Build(args), Console.Error);
}
