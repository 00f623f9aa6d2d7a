using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of the time over the payload.</summary>
internal static class CostColumns
{
    /// <summary>The columns of the models.</summary>
    public static IReadOnlyList<Column<CostModel>> Models { get; } =
    [
        Column<CostModel>.Text("method", "method", model => model.Method),
        Column<CostModel>.Text("function", "function", model => model.Function),
        Column<CostModel>.Ranged("fixed", "fixed", model => model.Fixed),
        Column<CostModel>.Ranged("a KB", "per_kb", model => model.PerKb),
        Column<CostModel>.Single("R²", "r_squared", model => model.RSquared, Format.Significant),
        new("worst residual", true, model => model.Worst?.ToString() ?? "–", []),
        new("residuals", false, model => string.Join(", ", model.Residuals), []),
        Column<CostModel>.Text("note", "note", model => model.Note),
    ];

    /// <summary>The columns of the sizes' distances from the lines. JSON has a list of them, Markdown one column.</summary>
    public static IReadOnlyList<Column<Residual>> Residuals { get; } =
    [
        Column<Residual>.Hidden("method", residual => residual.Case.Id.Method),
        Column<Residual>.Hidden("function", residual => residual.Case.Id.Function),
        Column<Residual>.Hidden("payload", residual => residual.Case.Id.Payload),
        Column<Residual>.Hidden("payload_bytes", residual => (long)residual.Case.PayloadBytes),
        Column<Residual>.Hidden("residual", residual => residual.Relative),
    ];

    /// <summary>The columns of the sizes from which another method is faster.</summary>
    public static IReadOnlyList<Column<Crossover>> Crossovers { get; } =
    [
        Column<Crossover>.Text("function", "function", crossover => crossover.Function),
        Column<Crossover>.Text("faster below", "faster_below", crossover => crossover.Smaller),
        Column<Crossover>.Text("faster above", "faster_above", crossover => crossover.Larger),
        Column<Crossover>.Ranged("payload", "payload", "_bytes", crossover => crossover.AtBytes, FigureFormat.Bytes),
        Column<Crossover>.Hidden("note", crossover => crossover.AtBytes.Withheld),
    ];
}
