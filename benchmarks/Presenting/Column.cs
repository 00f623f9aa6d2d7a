using WorkerRpc.Benchmarks.Analysis;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>A value of a row in CSV and JSON.</summary>
/// <typeparam name="TRow">The row's type.</typeparam>
/// <param name="Name">Its name, with the unit.</param>
/// <param name="Value">A string, a double, a long, a bool, or null where it is not known.</param>
internal sealed record Field<TRow>(string Name, Func<TRow, object?> Value);

/// <summary>
/// A column of a report: what CSV, JSON and Markdown write of a row. The writers know no column by name.
/// </summary>
/// <typeparam name="TRow">The row's type.</typeparam>
/// <param name="Title">The title in Markdown; null for a column that stands in CSV and JSON alone.</param>
/// <param name="IsNumber">Whether Markdown aligns it to the right.</param>
/// <param name="Markdown">What Markdown shows.</param>
/// <param name="Fields">What CSV and JSON write.</param>
internal sealed record Column<TRow>(string? Title, bool IsNumber, Func<TRow, string> Markdown, IReadOnlyList<Field<TRow>> Fields)
{
    /// <summary>What a table orders its rows by; null for the first of <see cref="Fields"/>.</summary>
    public Func<TRow, double?>? Order { get; init; }

    /// <summary>A column of text.</summary>
    public static Column<TRow> Text(string? title, string name, Func<TRow, string?> value) =>
        new(title, false, row => value(row) ?? "", [new(name, row => value(row) is { Length: > 0 } text ? text : null)]);

    /// <summary>A column that stands in CSV and JSON alone.</summary>
    public static Column<TRow> Hidden(string name, Func<TRow, object?> value) => new(null, true, _ => "", [new(name, value)]);

    /// <summary>A figure that CSV and JSON give as one value.</summary>
    public static Column<TRow> Single(string? title, string name, Func<TRow, Figure> figure, Func<double, string> format) =>
        new(title, true, row => figure(row) is { Value: { } value } ? format(value) : "–", [new(name, row => figure(row).Value)]);

    /// <summary>A time whose range is shown: <c>NAME_ns</c>, <c>NAME_low_ns</c> and <c>NAME_high_ns</c>.</summary>
    public static Column<TRow> Ranged(string title, string name, Func<TRow, Figure> figure) => Ranged(title, name, "_ns", figure, FigureFormat.Duration);

    /// <summary>A figure whose range is shown: its name, then <c>_low</c> and <c>_high</c>, each before the unit.</summary>
    public static Column<TRow> Ranged(string title, string name, string unit, Func<TRow, Figure> figure, Func<Figure, string> format) =>
        new(title, true, row => format(figure(row)),
        [
            new(name + unit, row => figure(row).Value),
            new(name + "_low" + unit, row => figure(row).Low),
            new(name + "_high" + unit, row => figure(row).High),
        ]);
}
