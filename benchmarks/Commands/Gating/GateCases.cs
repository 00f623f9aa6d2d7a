using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Commands.Gating;

/// <summary>What the gate measures where the user does not say, and what it is tested with.</summary>
internal static class GateCases
{
    // One more payload or function is a third of the time more, and says little that these do not.
    private static readonly string[] s_payloads = ["1KB", "10KB"];
    private const string Function = "echo";

    // Of the default cases, and the one that a platform team asks about.
    private const string Slowed = "service-binding/echo/1KB";

    /// <summary>The core methods' echo of 1 KB and of 10 KB, in report order.</summary>
    public static IReadOnlyList<CaseId> Default { get; } = Of(new Matrix(BindingCatalog.BuiltIn));

    /// <summary>The study's: each call 10 % or 5 % longer, and one call in 50 longer by 200 µs.</summary>
    public static IReadOnlyList<Injection> Injections { get; } =
        [Injection.OfP50(Slowed, 0.10), Injection.OfP50(Slowed, 0.05), Injection.OfSome(Slowed, every: 50, ns: 200_000)];

    /// <summary>The gate's own: one of the cases, each call 10 % longer.</summary>
    public static Injection ControlOf(IReadOnlyList<string> cases) =>
        Injection.OfP50(cases.Contains(Slowed) ? Slowed : cases.FirstOrDefault(name => !name.StartsWith("direct/", StringComparison.Ordinal)) ?? cases[0], 0.10);

    private static CaseId[] Of(Matrix matrix) =>
        [.. matrix.Cases.Where(id => matrix.Categories(id).Contains(BindingTags.Core) && id.Function == Function && s_payloads.Contains(id.Payload))];
}
