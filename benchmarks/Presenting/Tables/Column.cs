using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>A column of a report: what CSV, JSON and Markdown write of a row. The writers know no column by its name.</summary>
/// <typeparam name="TRow">The row's type.</typeparam>
/// <param name="Title">The title in Markdown; null for a column of CSV and JSON alone.</param>
/// <param name="IsNumber">Whether Markdown aligns it to the right.</param>
/// <param name="Markdown">The text in Markdown.</param>
/// <param name="Fields">The values in CSV and JSON.</param>
internal sealed record Column<TRow>(string? Title, bool IsNumber, Func<TRow, string> Markdown, IReadOnlyList<Field<TRow>> Fields)
{
    // Ends of the meanings of a figure's values.
    private const string MedianOfLaunches = ": the median of the launches";
    private const string LeastLaunch = ": the least of the launches";
    private const string GreatestLaunch = ": the greatest of the launches";

    /// <summary>The value that the page sorts by; null for the first of <see cref="Fields"/>.</summary>
    public Func<TRow, double?>? Order { get; init; }

    /// <summary>A column of text.</summary>
    /// <param name="title">The title in Markdown; null for a column of CSV and JSON alone.</param>
    /// <param name="name">The name in CSV and JSON.</param>
    /// <param name="value">The text of a row.</param>
    /// <param name="meaning">The meaning, for the JSON Schema.</param>
    /// <param name="words">The only texts that the column can have; none where it can have any.</param>
    public static Column<TRow> Text(
        string? title, string name, Func<TRow, string> value, string meaning = "", params IReadOnlyList<string> words) =>
        new(title, false, value, [Field<TRow>.Of(name, value, meaning) with { Words = words }]);

    /// <summary>A column of text; null in JSON where the text is empty.</summary>
    public static Column<TRow> Note(string? title, string name, Func<TRow, string?> value, string meaning = "") =>
        new(title, false, row => value(row) ?? "", [Field<TRow>.OptionalText(name, value, meaning)]);

    /// <summary>A column of whole numbers.</summary>
    public static Column<TRow> Count(string title, string name, Func<TRow, long> value, string meaning) =>
        new(title, true, row => value(row).ToString(CultureInfo.InvariantCulture), [Field<TRow>.Of(name, value, meaning)]);

    /// <summary>A column of CSV and JSON alone.</summary>
    public static Column<TRow> Hidden<TValue>(string name, Func<TRow, TValue> value, string meaning = "") =>
        new(null, true, _ => "", [Field<TRow>.Of(name, value, meaning)]);

    /// <summary>A number without a range; a dash where it is unknown.</summary>
    public static Column<TRow> Single(
        string? title, string name, Func<TRow, double?> value, Func<double, string> format, string meaning = "") =>
        new(title, true, row => value(row) is { } known ? format(known) : "–", [Field<TRow>.Of(name, value, meaning)]);

    /// <summary>The value of a figure, without its range.</summary>
    public static Column<TRow> Single(
        string? title, string name, Func<TRow, Figure> figure, Func<double, string> format, string meaning = "") =>
        Single(title, name, row => figure(row).Value, format, meaning + MedianOfLaunches);

    /// <summary>A time with its range: <c>NAME_ns</c>, <c>NAME_low_ns</c> and <c>NAME_high_ns</c>.</summary>
    public static Column<TRow> Ranged(string title, string name, Func<TRow, Figure> figure, string meaning = "") =>
        Ranged(title, name, "_ns", figure, FigureFormat.Duration, meaning);

    /// <summary>A figure with its range: the name, then <c>_low</c> and <c>_high</c>, each before the unit.</summary>
    public static Column<TRow> Ranged(
        string title, string name, string unit, Func<TRow, Figure> figure, Func<Figure, string> format, string meaning = "") => new(
        title,
        true,
        row => format(figure(row)),
        [
            Field<TRow>.Of(name + unit, row => figure(row).Value, meaning + MedianOfLaunches),
            Field<TRow>.Of(name + "_low" + unit, row => figure(row).Low, meaning + LeastLaunch),
            Field<TRow>.Of(name + "_high" + unit, row => figure(row).High, meaning + GreatestLaunch),
        ]);

    /// <summary>The same column, whose numbers may be below 0.</summary>
    public Column<TRow> Signed() => this with { Fields = [.. Fields.Select(field => field with { IsSigned = true })] };
}
