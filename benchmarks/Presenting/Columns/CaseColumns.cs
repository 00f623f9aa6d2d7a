using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns that name a case.</summary>
internal static class CaseColumns
{
    /// <summary>Method, function and payload.</summary>
    /// <typeparam name="TRow">The row's type.</typeparam>
    /// <param name="id">Gets the case of a row.</param>
    public static IReadOnlyList<Column<TRow>> Of<TRow>(Func<TRow, CaseId> id) =>
    [
        Column<TRow>.Text("method", "method", row => id(row).Method, "The method's id"),
        Column<TRow>.Text("function", "function", row => id(row).Function, "The function's id"),
        Column<TRow>.Text("payload", "payload", row => id(row).Payload, "The payload's label"),
    ];
}
