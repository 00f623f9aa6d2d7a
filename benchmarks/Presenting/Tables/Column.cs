using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>A value of a row in CSV and JSON.</summary>
/// <typeparam name="TRow">The row's type.</typeparam>
/// <param name="Name">Its name, with the unit.</param>
/// <param name="Value">A string, a double, a long, a bool, or null where it is unknown.</param>
internal sealed record Field<TRow>(string Name, Func<TRow, object?> Value);

/// <summary>A column of a report: what CSV, JSON and Markdown write of a row. The writers know no column by its name.</summary>
/// <typeparam name="TRow">The row's type.</typeparam>
/// <param name="Title">The title in Markdown; null for a column of CSV and JSON alone.</param>
/// <param name="IsNumber">Whether Markdown aligns it to the right.</param>
/// <param name="Markdown">The text in Markdown.</param>
/// <param name="Fields">The values in CSV and JSON.</param>
internal sealed record Column<TRow>(string? Title, bool IsNumber, Func<TRow, string> Markdown, IReadOnlyList<Field<TRow>> Fields)
{
    /// <summary>The value that the page sorts by; null for the first of <see cref="Fields"/>.</summary>
    public Func<TRow, double?>? Order { get; init; }

    /// <summary>A column of text.</summary>
    public static Column<TRow> Text(string? title, string name, Func<TRow, string?> value) =>
        new(title, false, row => value(row) ?? "", [new(name, row => value(row) is { Length: > 0 } text ? text : null)]);

    /// <summary>A column of whole numbers.</summary>
    public static Column<TRow> Count(string title, string name, Func<TRow, long> value) =>
        new(title, true, row => value(row).ToString(CultureInfo.InvariantCulture), [new(name, row => value(row))]);

    /// <summary>A column of CSV and JSON alone.</summary>
    public static Column<TRow> Hidden(string name, Func<TRow, object?> value) => new(null, true, _ => "", [new(name, value)]);

    /// <summary>A number without a range; a dash where it is unknown.</summary>
    public static Column<TRow> Single(string? title, string name, Func<TRow, double?> value, Func<double, string> format) =>
        new(title, true, row => value(row) is { } known ? format(known) : "–", [new(name, row => value(row))]);

    /// <summary>The value of a figure, without its range.</summary>
    public static Column<TRow> Single(string? title, string name, Func<TRow, Figure> figure, Func<double, string> format) =>
        Single(title, name, row => figure(row).Value, format);

    /// <summary>A time with its range: <c>NAME_ns</c>, <c>NAME_low_ns</c> and <c>NAME_high_ns</c>.</summary>
    public static Column<TRow> Ranged(string title, string name, Func<TRow, Figure> figure) =>
        Ranged(title, name, "_ns", figure, FigureFormat.Duration);

    /// <summary>A figure with its range: the name, then <c>_low</c> and <c>_high</c>, each before the unit.</summary>
    public static Column<TRow> Ranged(
        string title, string name, string unit, Func<TRow, Figure> figure, Func<Figure, string> format) => new(
        title,
        true,
        row => format(figure(row)),
        [
            new(name + unit, row => figure(row).Value),
            new(name + "_low" + unit, row => figure(row).Low),
            new(name + "_high" + unit, row => figure(row).High),
        ]);
}
