using WorkerRpc.Benchmarks.Analysis.Cases;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>Whether delegation is fast enough. A greater value is worse.</summary>
internal enum Viability
{
    /// <summary>Every limit is kept.</summary>
    Viable,

    /// <summary>An interval straddles its limit, or a figure is missing.</summary>
    NotKnown,

    /// <summary>An interval lies beyond its limit.</summary>
    NotViable,
}

/// <summary>The verdict on one case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Viability">The verdict.</param>
/// <param name="Reason">The rules' objections; empty where there are none.</param>
internal sealed record CaseVerdict(CaseSummary Case, Viability Viability, string Reason)
{
    /// <summary>A verdict as reports write it.</summary>
    public static string Words(Viability viability) => viability switch
    {
        Viability.Viable => "viable",
        Viability.NotViable => "not viable",
        _ => "not known",
    };
}
