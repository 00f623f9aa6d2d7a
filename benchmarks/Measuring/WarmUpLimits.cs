using System.Reflection;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>How long a warm-up goes on.</summary>
/// <param name="Least">Before this, no method counts as steady.</param>
/// <param name="Most">After this, the warm-up ends although the method is not steady.</param>
/// <param name="Point">The length of one point of its curve.</param>
internal readonly record struct WarmUpLimits(TimeSpan Least, TimeSpan Most, TimeSpan Point)
{
    /// <summary>The limits of every run of a user.</summary>
    public static readonly WarmUpLimits Standard = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(0.5));

    /// <summary>The limits of a run: those that an assembly of its bindings sets, else the standard ones.</summary>
    public static WarmUpLimits Of(BindingCatalog catalog) => catalog.All
        .Select(binding => binding.GetType().Assembly).Distinct()
        .Select(assembly => assembly.GetCustomAttribute<WarmUpLimitsAttribute>()?.Limits)
        .FirstOrDefault(limits => limits is not null) ?? Standard;
}

/// <summary>
/// Sets the warm-up of the runs that load an assembly's bindings. Only the tests can: no option does it, because figures of
/// cold code would measure the compiler.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal abstract class WarmUpLimitsAttribute : Attribute
{
    /// <summary>The limits; null for the standard ones.</summary>
    public abstract WarmUpLimits? Limits { get; }
}
