using System.Reflection;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>The time limits of a method's warm-up.</summary>
/// <param name="Min">The shortest time of calls. No method counts as steady earlier.</param>
/// <param name="Max">
/// The longest time of calls, after which the warm-up ends even if the method is not steady. Slow calls go on until each case has enough.
/// </param>
/// <param name="Span">
/// The shortest time from a method's first call until it counts as steady. It includes the calls of other methods.
/// </param>
/// <param name="PointLength">The time that one point of the warm-up curve covers.</param>
internal readonly record struct WarmUpLimits(TimeSpan Min, TimeSpan Max, TimeSpan Span, TimeSpan PointLength)
{
    /// <summary>The time limits that every run uses, unless an assembly of bindings sets others.</summary>
    /// <remarks>
    /// In a fresh process, a method was seen that became 4 times faster after 4 to 5 s of wall time, when the just-in-time compiler had
    /// worked through its queue. So no method counts as steady within 6 s of its first call.
    /// </remarks>
    public static readonly WarmUpLimits Standard =
        new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(0.5));

    /// <summary>Returns the limits of a run. An assembly of bindings can set them; otherwise they are the standard limits.</summary>
    public static WarmUpLimits Of(BindingCatalog catalog) => catalog.All
        .Select(binding => binding.GetType().Assembly).Distinct()
        .Select(assembly => assembly.GetCustomAttribute<WarmUpLimitsAttribute>()?.Limits)
        .FirstOrDefault(limits => limits is not null) ?? Standard;
}

/// <summary>
/// Sets the warm-up limits of runs that load this assembly's bindings. Only tests use this attribute. Users have no such
/// option, because a run with a short warm-up would also measure the just-in-time compiler.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal abstract class WarmUpLimitsAttribute : Attribute
{
    /// <summary>The limits of the warm-up. If they are null, the standard limits apply.</summary>
    public abstract WarmUpLimits? Limits { get; }
}
