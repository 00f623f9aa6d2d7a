using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Tests.Injected;

[assembly: InjectedWarmUp]

namespace WorkerRpc.Tests.Injected;

/// <summary>Shortens the warm-up of the runs that load this assembly for its bindings, unless the whole one is asked for.</summary>
internal sealed class InjectedWarmUpAttribute : WarmUpLimitsAttribute
{
    /// <summary>The variable that leaves a launch the product's own warm-up, whatever its value is.</summary>
    public const string WholeVariable = "INJECTED_WHOLE_WARM_UP";

    /// <summary>Points enough to be judged, and no more than a cold process needs to have made them.</summary>
    public static readonly WarmUpLimits Short = new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.05));

    public override WarmUpLimits? Limits => Environment.GetEnvironmentVariable(WholeVariable) is null ? Short : null;
}
