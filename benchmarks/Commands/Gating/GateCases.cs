using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.Gating;

/// <summary>The cases that the gate measures by default, and the delays that its control measurements add on purpose.</summary>
internal static class GateCases
{
    // A small and a large payload: a change in the fixed cost of a call shows in the one, a change in the cost per byte in the other.
    private static readonly string[] s_payloads = ["1KB", "100KB"];

    // Of the methods that come with a library of others, only those of gRPC are measured.
    private const string PeerPrefix = "grpc";

    // The control delays the calls of this case. If the user's selection does not contain it, the control delays another case.
    private const string Slowed = "service-binding/echo/1KB";

    private static readonly Matrix s_matrix = new(BindingCatalog.BuiltIn);

    /// <summary>
    /// The default cases in report order: the project's own methods and those of gRPC, with every function, 1 KB and 100 KB.
    /// </summary>
    public static IReadOnlyList<CaseId> Default { get; } = [.. s_matrix.Cases.Where(IsDefault)];

    /// <summary>The known slow-down in a gate run: every call of one case becomes 10 % longer.</summary>
    public static Injection InjectionOf(IReadOnlyList<string> cases) => Injection.OfP50(SlowedOf(cases), 0.10);

    /// <summary>Describes the built-in methods and payloads that the cases leave out. Null if they leave out none.</summary>
    public static string? NotLookedAt(IReadOnlyList<string> cases)
    {
        CaseId[] measured = [.. cases.Select(CaseId.Parse)];
        string left = string.Join("; ", new[]
        {
            Lacking("methods", id => id.Method),
            Lacking("functions", id => id.Function),
            Lacking("payloads", id => id.Payload),
        }.OfType<string>());
        return left.Length == 0
            ? null
            : FormattableString.Invariant($"not looked at ({s_matrix.Cases.Count - measured.Length} of {s_matrix.Cases.Count} cases): ")
                + left;

        string? Lacking(string what, Func<CaseId, string> part)
        {
            string[] names = [.. s_matrix.Cases.Select(part).Where(name => name != CaseId.NoFunction).Distinct()
                .Except(measured.Select(part))];
            return names.Length == 0 ? null : $"{what} {string.Join(", ", names)}";
        }
    }

    private static string SlowedOf(IReadOnlyList<string> cases) =>
        cases.Contains(Slowed) ? Slowed
        : cases.FirstOrDefault(name => CaseId.Parse(name).Method != BaselineMethod.Id) ?? cases[0];

    private static bool IsDefault(CaseId id)
    {
        IReadOnlyList<string> categories = s_matrix.Categories(id);
        return !categories.Contains(BindingTags.Reference)
            && !categories.Contains(BindingTags.Remedy)
            && (!categories.Contains(BindingTags.Peer) || id.Method.StartsWith(PeerPrefix, StringComparison.Ordinal))
            && s_payloads.Contains(id.Payload);
    }
}
