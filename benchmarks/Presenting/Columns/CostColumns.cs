using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of the cost model. The model is a line fitted to each method's call times over the payload size.</summary>
internal static class CostColumns
{
    /// <summary>The columns for the fitted lines, one row for each method and function.</summary>
    public static IReadOnlyList<Column<CostModel>> Models { get; } =
    [
        Column<CostModel>.Text("method", "method", model => model.Method, "The method's id"),
        Column<CostModel>.Text("function", "function", model => model.Function, "The function's id"),
        Column<CostModel>.Ranged("fixed", "fixed", model => model.Fixed, "The time of a call without payload, in ns").Signed(),
        Column<CostModel>.Ranged(
            "a KB", "per_kb", model => model.PerKb,
            "The time that each KB (1 000 bytes) of payload adds, in ns").Signed(),
        Column<CostModel>.Single(
            "R²", "r_squared", model => model.RSquared, Format.Significant,
            "The share of the variance of all launches' p50s that the line explains, also of a withheld line").Signed(),
        new("worst residual", true, model => model.Worst?.ToString() ?? "–", []),
        new("residuals", false, model => string.Join(", ", model.Residuals), []),
        Column<CostModel>.Note(
            "note", "note", model => model.Note,
            "Why the line is withheld, which sizes it misses, and which sizes it leaves out"),
    ];

    /// <summary>
    /// The columns for the residuals. A residual is the difference between a measured p50 and the fitted line at one payload size. Only
    /// JSON has residuals as a table of their own.
    /// </summary>
    public static IReadOnlyList<Column<Residual>> Residuals { get; } =
    [
        Column<Residual>.Hidden("method", residual => residual.Case.Id.Method, "The method's id"),
        Column<Residual>.Hidden("function", residual => residual.Case.Id.Function, "The function's id"),
        Column<Residual>.Hidden("payload", residual => residual.Case.Id.Payload, "The payload's label"),
        Column<Residual>.Hidden("payload_bytes", residual => (long)residual.Case.PayloadBytes, "The payload's size as JSON, in bytes"),
        Column<Residual>.Hidden("residual", residual => residual.Relative, "The p50 less the line's time, as a share of the p50").Signed(),
    ];

    /// <summary>The columns for the crossovers. A crossover is the payload size from which another method is faster.</summary>
    public static IReadOnlyList<Column<Crossover>> Crossovers { get; } =
    [
        Column<Crossover>.Text("function", "function", crossover => crossover.Function, "The function's id"),
        Column<Crossover>.Text(
            "faster below", "faster_below", crossover => crossover.Smaller,
            "The method that is faster below the payload"),
        Column<Crossover>.Text(
            "faster above", "faster_above", crossover => crossover.Larger,
            "The method that is faster above the payload"),
        Column<Crossover>.Estimated(
            "payload", "payload", "_bytes", crossover => crossover.AtBytes, FigureFormat.Bytes,
            "The payload at which the lines of both methods cross, in bytes"),
        Column<Crossover>.Note(null, "note", crossover => crossover.AtBytes.Withheld, "Why the payload is unknown"),
    ];
}
