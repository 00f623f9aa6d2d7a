using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// A column in BenchmarkDotNet's table that compares a case with the method "direct". Both have the same function and payload.
/// BenchmarkDotNet's own baseline is not used, because it compares benchmark methods, and our methods are values of a parameter.
/// </summary>
internal sealed class CallColumns(LaunchReports reports, string name, string legend, Func<CaseSummary, string> value) : IColumn
{
    public static IReadOnlyList<IColumn> All(LaunchReports reports) =>
    [
        new CallColumns(
            reports,
            "Ratio p50",
            "Call p50 ÷ that of direct",
            one => one.Overhead is { Ratio.Value: { } ratio } ? Format.Significant(ratio) : "-"),
        new CallColumns(
            reports,
            "Overhead p50",
            "Call p50 less that of direct",
            one => one.Overhead is { P50.Value: { } ns } ? Format.Duration(ns) : "-"),
        new CallColumns(reports, "Note", "What a reader has to know beside the figures", one => string.Join("; ", one.Notes)),
    ];

    public string Id => nameof(CallColumns) + name;

    public string ColumnName => name;

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => false;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => legend;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) =>
        reports.Analysis.Cases.FirstOrDefault(one => one.Id == BenchmarkRun.IdOf(benchmarkCase)) is { } found ? value(found) : "-";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public bool IsAvailable(Summary summary) => true;
}
