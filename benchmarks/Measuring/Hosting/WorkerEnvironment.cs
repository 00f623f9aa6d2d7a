using System.Globalization;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>
/// The environment variables of processes that host workers. The other settings of these processes are in
/// Directory.Build.props.
/// </summary>
internal static class WorkerEnvironment
{
    /// <summary>
    /// The environment variable with the generation 0 budget. The garbage collector reads this budget only from the
    /// environment.
    /// </summary>
    public const string Gen0Variable = "DOTNET_GCgen0size";

    /// <summary>The default generation 0 budget, in bytes, as hexadecimal digits. A user can set another budget.</summary>
    public const string Gen0Budget = "4000000";

    /// <summary>The default generation 0 budget, in bytes.</summary>
    public static readonly long Gen0Bytes = long.Parse(Gen0Budget, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Whether the environment variable is set in this process. Child processes inherit the variable.</summary>
    public static bool IsSet => Environment.GetEnvironmentVariable(Gen0Variable) is not null;

    /// <summary>Adds the variable to a process's environment, unless the user has set it.</summary>
    public static void AddTo(IDictionary<string, string?> environment) => environment.TryAdd(Gen0Variable, Gen0Budget);
}
