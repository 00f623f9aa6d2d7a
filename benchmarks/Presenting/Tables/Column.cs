using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Presenting.Tables;

/// <summary>A column of a report's table. Markdown, CSV and JSON are all written from these columns.</summary>
/// <typeparam name="TRow">The type of a row.</typeparam>
/// <param name="Title">The title in Markdown, or null if only CSV and JSON have the column.</param>
/// <param name="IsNumber">Whether Markdown aligns the column to the right.</param>
/// <param name="Markdown">Returns the cell's text in Markdown.</param>
/// <param name="Fields">The column's values in CSV and JSON. A figure with a range has three.</param>
internal sealed record Column<TRow>(string? Title, bool IsNumber, Func<TRow, string> Markdown, IReadOnlyList<Field<TRow>> Fields)
{
    // The end of the schema's description of a figure, and of the two ends of the figure's range.
    private const string MedianOfLaunches = ": the median of the launches";
    private const string LeastLaunch = ": the least of the launches";
    private const string GreatestLaunch = ": the greatest of the launches";

    /// <summary>
    /// Returns the number by which the page sorts the rows. If it is null, the page sorts by the first of <see cref="Fields"/>.
    /// </summary>
    public Func<TRow, double?>? Order { get; init; }

    /// <summary>Creates a column of text.</summary>
    /// <param name="title">The title in Markdown, or null if only CSV and JSON have the column.</param>
    /// <param name="name">The name of the column in CSV and JSON.</param>
    /// <param name="value">Returns the text of a row.</param>
    /// <param name="meaning">The description of the text in the JSON Schema.</param>
    /// <param name="words">All texts that the column can have. An empty list allows any text.</param>
    public static Column<TRow> Text(
        string? title, string name, Func<TRow, string> value, string meaning = "", params IReadOnlyList<string> words) =>
        new(title, false, value, [Field<TRow>.Of(name, value, meaning) with { Words = words }]);

    /// <summary>Creates a column of optional text. An empty text is null in JSON.</summary>
    public static Column<TRow> Note(string? title, string name, Func<TRow, string?> value, string meaning = "") =>
        new(title, false, row => value(row) ?? "", [Field<TRow>.OptionalText(name, value, meaning)]);

    /// <summary>Creates a column of whole numbers.</summary>
    public static Column<TRow> Count(string title, string name, Func<TRow, long> value, string meaning) =>
        new(title, true, row => value(row).ToString(CultureInfo.InvariantCulture), [Field<TRow>.Of(name, value, meaning)]);

    /// <summary>Creates a column that only CSV and JSON have.</summary>
    public static Column<TRow> Hidden<TValue>(string name, Func<TRow, TValue> value, string meaning = "") =>
        new(null, true, _ => "", [Field<TRow>.Of(name, value, meaning)]);

    /// <summary>Creates a column of numbers without a range. Markdown shows a dash instead of an unknown number.</summary>
    public static Column<TRow> Single(
        string? title, string name, Func<TRow, double?> value, Func<double, string> format, string meaning = "") =>
        new(title, true, row => value(row) is { } known ? format(known) : "–", [Field<TRow>.Of(name, value, meaning)]);

    /// <summary>Creates a column of figures without their ranges.</summary>
    public static Column<TRow> Single(
        string? title, string name, Func<TRow, Figure> figure, Func<double, string> format, string meaning = "") =>
        Single(title, name, row => figure(row).Value, format, meaning + MedianOfLaunches);

    /// <summary>
    /// Creates a column of times with their ranges. For the name p50, CSV and JSON have <c>p50_ns</c>, <c>p50_low_ns</c> and
    /// <c>p50_high_ns</c>.
    /// </summary>
    public static Column<TRow> Ranged(string title, string name, Func<TRow, Figure> figure, string meaning = "") =>
        Ranged(title, name, "_ns", figure, FigureFormat.Duration, meaning);

    /// <summary>
    /// Creates a column of figures with their ranges. For the ends of the range, CSV and JSON add <c>_low</c> and <c>_high</c> before the
    /// unit.
    /// </summary>
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

    /// <summary>Creates a column of estimates with a 95 % interval, instead of medians with the range of the launches.</summary>
    public static Column<TRow> Estimated(
        string title, string name, string unit, Func<TRow, Figure> figure, Func<Figure, string> format, string meaning = "") => new(
        title,
        true,
        row => format(figure(row)),
        [
            Field<TRow>.Of(name + unit, row => figure(row).Value, meaning),
            Field<TRow>.Of(name + "_low" + unit, row => figure(row).Low, meaning + ": the lower end of the 95 % interval"),
            Field<TRow>.Of(name + "_high" + unit, row => figure(row).High, meaning + ": the upper end of the 95 % interval"),
        ]);

    /// <summary>Returns the same column, whose values after the first ones older reports lack.</summary>
    /// <param name="known">The number of values that older reports have.</param>
    public Column<TRow> Extended(int known) => this with
    {
        Fields = [.. Fields.Select((field, index) => field with { IsOfLaterPrograms = index >= known })],
    };

    /// <summary>Returns the same column for numbers that can be negative.</summary>
    public Column<TRow> Signed() => this with { Fields = [.. Fields.Select(field => field with { IsSigned = true })] };
}
