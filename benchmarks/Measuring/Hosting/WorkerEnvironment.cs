using System.Globalization;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>What the workers' processes are started with, beside what Directory.Build.props writes into their settings files.</summary>
internal static class WorkerEnvironment
{
    /// <summary>The budget of the young generation, in bytes as hexadecimal digits. The collector reads it from here alone.</summary>
    public const string Gen0Variable = "DOTNET_GCgen0size";

    /// <summary>What it is set to where a user has not set it.</summary>
    public const string Gen0Budget = "4000000";

    /// <summary>The same in bytes.</summary>
    public static readonly long Gen0Bytes = long.Parse(Gen0Budget, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Whether this process has it set, and with it those that it starts.</summary>
    public static bool IsSet => Environment.GetEnvironmentVariable(Gen0Variable) is not null;

    /// <summary>Adds it to the environment of a process that is to host workers. What a user has set stands.</summary>
    public static void AddTo(IDictionary<string, string?> environment) => environment.TryAdd(Gen0Variable, Gen0Budget);
}
