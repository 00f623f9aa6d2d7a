using System.Diagnostics;
using System.Globalization;
using System.Runtime;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Settings of the process that all methods of a launch share. A method that changes one of them changes the figures of the others too.
/// </summary>
internal sealed record Surroundings(IReadOnlyList<(string What, string Value)> Settings)
{
    /// <summary>Reads the settings of this process.</summary>
    public static Surroundings Read()
    {
        ThreadPool.GetMinThreads(out int minWorkers, out int minIo);
        ThreadPool.GetMaxThreads(out int maxWorkers, out int maxIo);
        using var self = Process.GetCurrentProcess();
        return new Surroundings(
        [
            ("culture", CultureInfo.CurrentCulture.Name),
            ("default culture", CultureInfo.DefaultThreadCurrentCulture?.Name ?? "none"),
            ("least threads of the pool", FormattableString.Invariant($"{minWorkers} and {minIo}")),
            ("most threads of the pool", FormattableString.Invariant($"{maxWorkers} and {maxIo}")),
            ("process priority", self.PriorityClass.ToString()),
            ("collector's latency mode", GCSettings.LatencyMode.ToString()),
            ("current directory", Environment.CurrentDirectory),
        ]);
    }

    /// <summary>Describes each setting that differs in a later reading.</summary>
    public IEnumerable<string> ChangesTo(Surroundings later) =>
        from pair in Settings.Zip(later.Settings)
        where pair.First.Value != pair.Second.Value
        select $"{pair.First.What} from '{pair.First.Value}' to '{pair.Second.Value}'";
}
