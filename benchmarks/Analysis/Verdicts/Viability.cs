using WorkerRpc.Benchmarks.Analysis.Cases;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>Whether delegation is fast enough. A greater enum value is worse.</summary>
internal enum Viability
{
    /// <summary>All figures are within their limits.</summary>
    Viable,

    /// <summary>Unknown: the interval of a figure includes its limit, or a figure is missing.</summary>
    NotKnown,

    /// <summary>The whole interval of a figure is above its limit.</summary>
    NotViable,
}

/// <summary>The verdict on one case.</summary>
/// <param name="Case">The judged case.</param>
/// <param name="Viability">The verdict.</param>
/// <param name="Reason">The objections of the rules, as text; empty if no rule objects.</param>
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
