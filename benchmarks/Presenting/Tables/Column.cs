using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>A column of a report: its text in Markdown and its values in CSV and JSON. No writer knows a column by its name.</summary>
/// <typeparam name="TRow">The row's type.</typeparam>
/// <param name="Title">The title in Markdown; null for a column that only CSV and JSON have.</param>
/// <param name="IsNumber">Whether Markdown aligns it to the right.</param>
/// <param name="Markdown">The text in Markdown.</param>
/// <param name="Fields">The values in CSV and JSON.</param>
internal sealed record Column<TRow>(string? Title, bool IsNumber, Func<TRow, string> Markdown, IReadOnlyList<Field<TRow>> Fields)
{
    // What the meanings of a figure's value, low and high end with.
    private const string MedianOfLaunches = ": the median of the launches";
    private const string LeastLaunch = ": the least of the launches";
    private const string GreatestLaunch = ": the greatest of the launches";

    /// <summary>The number that the page sorts by; null where it sorts by the first of <see cref="Fields"/>.</summary>
    public Func<TRow, double?>? Order { get; init; }

    /// <summary>A column of text.</summary>
    /// <param name="title">The title in Markdown; null for a column that only CSV and JSON have.</param>
    /// <param name="name">The name in CSV and JSON.</param>
    /// <param name="value">The text of a row.</param>
    /// <param name="meaning">The meaning of the text, for the JSON Schema.</param>
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

    /// <summary>A column that only CSV and JSON have.</summary>
    public static Column<TRow> Hidden<TValue>(string name, Func<TRow, TValue> value, string meaning = "") =>
        new(null, true, _ => "", [Field<TRow>.Of(name, value, meaning)]);

    /// <summary>A column of numbers without a range. Markdown shows a dash for an unknown number.</summary>
    public static Column<TRow> Single(
        string? title, string name, Func<TRow, double?> value, Func<double, string> format, string meaning = "") =>
        new(title, true, row => value(row) is { } known ? format(known) : "–", [Field<TRow>.Of(name, value, meaning)]);

    /// <summary>A column of figures without their ranges.</summary>
    public static Column<TRow> Single(
        string? title, string name, Func<TRow, Figure> figure, Func<double, string> format, string meaning = "") =>
        Single(title, name, row => figure(row).Value, format, meaning + MedianOfLaunches);

    /// <summary>A column of times with their ranges. CSV and JSON have <c>p50_ns</c>, <c>p50_low_ns</c> and <c>p50_high_ns</c>.</summary>
    public static Column<TRow> Ranged(string title, string name, Func<TRow, Figure> figure, string meaning = "") =>
        Ranged(title, name, "_ns", figure, FigureFormat.Duration, meaning);

    /// <summary>A column of figures with their ranges. CSV and JSON add <c>_low</c> and <c>_high</c> between name and unit.</summary>
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
