using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Commands.Gating;

/// <summary>The gate's default cases, and the slow-downs of its controls.</summary>
internal static class GateCases
{
    // Few cases, because each further payload or function adds a third to the gate's 5 minutes.
    private static readonly string[] s_payloads = ["1KB", "10KB"];
    private const string Function = "echo";

    // The case whose calls the controls slow down, if it is selected.
    private const string Slowed = "service-binding/echo/1KB";

    /// <summary>The default cases: echo of 1 KB and 10 KB by the core methods, in report order.</summary>
    public static IReadOnlyList<CaseId> Default { get; } = Of(new Matrix(BindingCatalog.BuiltIn));

    /// <summary>The slow-downs of the study: every call 10 % longer, every call 5 % longer, one call in 50 longer by 200 µs.</summary>
    public static IReadOnlyList<Injection> Injections { get; } =
        [Injection.OfP50(Slowed, 0.10), Injection.OfP50(Slowed, 0.05), Injection.OfSome(Slowed, every: 50, ns: 200_000)];

    /// <summary>The slow-down of the gate's own control: every call of one case 10 % longer.</summary>
    public static Injection ControlOf(IReadOnlyList<string> cases)
    {
        string? delegating = cases.FirstOrDefault(name => !name.StartsWith("direct/", StringComparison.Ordinal));
        return Injection.OfP50(cases.Contains(Slowed) ? Slowed : delegating ?? cases[0], 0.10);
    }

    private static CaseId[] Of(Matrix matrix) =>
    [
        .. matrix.Cases.Where(id =>
            matrix.Categories(id).Contains(BindingTags.Core) && id.Function == Function && s_payloads.Contains(id.Payload)),
    ];
}
