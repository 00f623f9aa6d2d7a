using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Tests.Injected;

[assembly: InjectedWarmUp]

namespace WorkerRpc.Tests.Injected;

/// <summary>Shortens the warm-up of runs that load this assembly's bindings.</summary>
internal sealed class InjectedWarmUpAttribute : WarmUpLimitsAttribute
{
    /// <summary>The environment variable that keeps the product's own warm-up. Its value does not matter.</summary>
    public const string WholeVariable = "INJECTED_WHOLE_WARM_UP";

    /// <summary>The limits of the short warm-up.</summary>
    public static readonly WarmUpLimits Short =
        new(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.05));

    public override WarmUpLimits? Limits => Environment.GetEnvironmentVariable(WholeVariable) is null ? Short : null;
}
