using System.Reflection;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>The time limits of a method's warm-up.</summary>
/// <param name="Min">The shortest warm-up. Before that time no method counts as steady.</param>
/// <param name="Max">The longest warm-up. It ends then although the method is not steady.</param>
/// <param name="PointLength">The length of one point of the warm-up curve.</param>
internal readonly record struct WarmUpLimits(TimeSpan Min, TimeSpan Max, TimeSpan PointLength)
{
    /// <summary>The limits of every run of a user.</summary>
    public static readonly WarmUpLimits Standard = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(0.5));

    /// <summary>The limits of a run: the limits that an assembly of bindings sets, else the standard limits.</summary>
    public static WarmUpLimits Of(BindingCatalog catalog) => catalog.All
        .Select(binding => binding.GetType().Assembly).Distinct()
        .Select(assembly => assembly.GetCustomAttribute<WarmUpLimitsAttribute>()?.Limits)
        .FirstOrDefault(limits => limits is not null) ?? Standard;
}

/// <summary>
/// Sets the warm-up limits of runs that load this assembly's bindings. Internal, for tests: there is no option for it,
/// because a run without warm-up would measure the compiler.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal abstract class WarmUpLimitsAttribute : Attribute
{
    /// <summary>The limits; null for the standard ones.</summary>
    public abstract WarmUpLimits? Limits { get; }
}
