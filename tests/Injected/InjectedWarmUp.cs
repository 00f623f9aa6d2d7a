using System.Runtime.CompilerServices;
using WorkerRpc.Benchmarks.Measuring;

namespace WorkerRpc.Tests.Injected;

/// <summary>
/// Shortens the warm-up wherever this assembly is: in the process of the tests, and in the launches of the runs that
/// they start, which load it for its bindings. A run has the product's own where it is asked for.
/// </summary>
internal static class InjectedWarmUp
{
    /// <summary>The variable that leaves a launch the product's own warm-up, whatever its value is.</summary>
    public const string WholeVariable = "INJECTED_WHOLE_WARM_UP";

    // Points enough to be judged, and no more than a cold process needs to have made them.
    private static readonly WarmUpLimits s_short = new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.05));

    // The one place that every process which has this assembly runs.
#pragma warning disable CA2255 // It is no library.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Shorten()
    {
        if (Environment.GetEnvironmentVariable(WholeVariable) is null)
        {
            WarmUpLimits.OfLaunch = s_short;
        }
    }
}
