using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of the table of remedies, for Markdown, CSV and JSON.</summary>
internal static class RemedyColumns
{
    public static IReadOnlyList<Column<RemedyEffect>> All { get; } =
    [
        Column<RemedyEffect>.Text("remedy", "remedy", effect => effect.Name),
        Column<RemedyEffect>.Text("payload", "payload", effect => effect.Payload),
        Column<RemedyEffect>.Ranged("p50 without", "without_p50", effect => effect.Without),
        Column<RemedyEffect>.Ranged("p50 with", "with_p50", effect => effect.With),
        Column<RemedyEffect>.Estimated("× [95 %]", "ratio", "", effect => effect.Ratio, FigureFormat.Ratio),
        Column<RemedyEffect>.Single("bytes without", "without_moved_bytes", effect => effect.MovedWithout, Format.Bytes),
        Column<RemedyEffect>.Single("bytes with", "with_moved_bytes", effect => effect.MovedWith, Format.Bytes),
        Column<RemedyEffect>.Text("advice", "advice", effect => effect.Advice),
    ];
}
