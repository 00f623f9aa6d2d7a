using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns that identify a case: its method, function and payload.</summary>
internal static class CaseColumns
{
    /// <summary>The columns for the method, the function and the payload of a row's case.</summary>
    public static IReadOnlyList<Column<TRow>> Of<TRow>(Func<TRow, CaseId> id) =>
    [
        Column<TRow>.Text("method", "method", row => id(row).Method, "The method's id"),
        Column<TRow>.Text("function", "function", row => id(row).Function, "The function's id"),
        Column<TRow>.Text("payload", "payload", row => id(row).Payload, "The payload's label"),
    ];
}
