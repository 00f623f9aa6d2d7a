using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Commands.Gating;

/// <summary>The cases that the gate measures by default, and the delays that its control measurements add on purpose.</summary>
internal static class GateCases
{
    // Only two payload sizes, because each additional size or function would make the gate's 5 minutes longer by a third.
    private static readonly string[] s_payloads = ["1KB", "10KB"];
    private const string Function = "echo";

    // The control measurements delay the calls of this case. If the user's selection does not contain it, they delay another case.
    private const string Slowed = "service-binding/echo/1KB";

    /// <summary>The default cases in report order: the core methods' calls of echo with 1 KB and 10 KB.</summary>
    public static IReadOnlyList<CaseId> Default { get; } = Of(new Matrix(BindingCatalog.BuiltIn));

    /// <summary>
    /// The known slow-downs in the study: every call 10 % longer, every call 5 % longer, or every 50th call longer by 200 µs.
    /// </summary>
    public static IReadOnlyList<Injection> Injections { get; } =
        [Injection.OfP50(Slowed, 0.10), Injection.OfP50(Slowed, 0.05), Injection.OfSome(Slowed, every: 50, ns: 200_000)];

    /// <summary>The known slow-down in a gate run: every call of one case becomes 10 % longer.</summary>
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
