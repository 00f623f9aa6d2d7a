using WorkerRpc.Bindings.Hosting;

namespace WorkerRpc.DevHost;

internal static class Program
{
    public static Task<int> Main(string[] args) => WorkerDefaults.RunAsync(() => DevApp.Build(args), Console.Error);
}
