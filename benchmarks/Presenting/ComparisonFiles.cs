using System.Globalization;
using System.Text;
using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Pictures;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>A comparison as a pull request's comment, as CSV, as JSON and on the screen: one table of columns.</summary>
internal static class ComparisonFiles
{
    // What fits on a screen with all that stands below it.
    private const int MaxLines = 24;

    /// <summary>The columns of a comparison, in every format.</summary>
    public static IReadOnlyList<Column<Answer>> Columns { get; } =
    [
        Column<Answer>.Text("case", "case", answer => answer.Name),
        Column<Answer>.Text("figure", "figure", answer => answer.Metric.Name),
        Column<Answer>.Text(null, "unit", answer => answer.Metric.Unit),
        FigureOf("base", answer => answer.Base),
        FigureOf("current", answer => answer.Current),
        new("change [95 %]", true, Change,
        [
            // Of shares, in percentage points.
            new("change_percent", answer => Percent(answer, answer.Change)),
            new("low_percent", answer => Percent(answer, answer.Low)),
            new("high_percent", answer => Percent(answer, answer.High)),
        ]),
        Column<Answer>.Text("answer", "answer", answer => answer.Words),
        Column<Answer>.Hidden("visible_percent", answer => Percent(answer, answer.Visible)),
        Column<Answer>.Hidden("pairs_needed", answer => (long?)answer.PairsNeeded),
        Column<Answer>.Text("note", "note", answer => answer.Note),
    ];

    /// <summary>The files, by name.</summary>
    /// <param name="comparison">What they tell.</param>
    /// <param name="name">What they are called, without the ending.</param>
    /// <param name="exitCode">The exit code that the program ends with.</param>
    /// <param name="picture">A drawing of it; null for none.</param>
    public static IReadOnlyDictionary<string, byte[]> Of(Comparison comparison, string name, int exitCode, Picture? picture = null)
    {
        var files = new Dictionary<string, byte[]>
        {
            [name + ".md"] = Encoding.UTF8.GetBytes(Markdown(comparison, picture)),
            [name + ".csv"] = Encoding.UTF8.GetBytes(CsvWriter.Write(Columns, comparison.Answers)),
            [name + ".json"] = Json(comparison, exitCode),
        };
        if (picture is not null)
        {
            files[picture.Name + ".svg"] = picture.Svg();
            files[picture.Name + ".png"] = picture.Png();
        }

        return files;
    }

    /// <summary>What a terminal shows.</summary>
    public static void Write(TextWriter output, Comparison comparison)
    {
        Answer[] notable = Notable(comparison);
        // Where nothing is, a user still wants to see what was measured.
        Answer[] shown = notable.Length > 0 ? notable : [.. comparison.Answers.Where(answer => answer.Metric.Name == Metric.P50.Name)];
        output.WriteLine(MarkdownTable.Write(Columns, shown.Take(MaxLines)));
        if (shown.Length > MaxLines)
        {
            output.WriteLine(FormattableString.Invariant($"          and {shown.Length - MaxLines} more"));
        }

        foreach (string line in comparison.Basis)
        {
            output.WriteLine("          " + line);
        }

        foreach (string warning in comparison.Warnings)
        {
            output.WriteLine("warning:  " + warning);
        }

        if (comparison.Controls is { } controls)
        {
            output.WriteLine(controls);
        }

        output.WriteLine();
        output.WriteLine($"Verdict: {comparison.Verdict}.");
    }

    // The verdict and what changed; a reviewer who wants the rest unfolds it.
    private static string Markdown(Comparison comparison, Picture? picture)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## {comparison.Title}: {MarkdownTable.Escape(comparison.Verdict)}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{MarkdownTable.Escape(comparison.Current)} against {MarkdownTable.Escape(comparison.Base)}\n\n");
        if (picture is not null)
        {
            // A comment shows no file of a run's artifact: it says what the picture shows, and where it is.
            text.Append(CultureInfo.InvariantCulture, $"Picture, in the run's artifact as `{picture.Name}.svg` and `{picture.Name}.png`: {MarkdownTable.Escape(picture.Alternative)}\n\n");
        }

        if (Notable(comparison) is { Length: > 0 } notable)
        {
            text.Append(MarkdownTable.Write(Columns, notable)).Append('\n');
        }

        if (comparison.Answers.Count > 0)
        {
            string counts = string.Join(", ", comparison.Answers.GroupBy(answer => answer.Words).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"));
            text.Append(CultureInfo.InvariantCulture, $"<details><summary>All {comparison.Answers.Count} answers: {counts}</summary>\n\n");
            text.Append(MarkdownTable.Write(Columns, comparison.Answers)).Append("\n</details>\n\n");
        }

        foreach (string line in comparison.Warnings.Select(warning => "**Warning:** " + MarkdownTable.Escape(warning)).Concat(comparison.Basis.Select(MarkdownTable.Escape)))
        {
            text.Append("- ").Append(line).Append('\n');
        }

        return comparison.Controls is { } controls ? text.Append('\n').Append(controls).Append('\n').ToString() : text.ToString();
    }

    private static byte[] Json(Comparison comparison, int exitCode)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, ReportFiles.JsonOptions))
        {
            json.WriteStartObject();
            json.WriteString("verdict", comparison.Verdict);
            json.WriteNumber("exitCode", exitCode);
            json.WriteString("base", comparison.Base);
            json.WriteString("current", comparison.Current);
            json.WriteString("controls", comparison.Controls);
            WriteList("failures", comparison.Failures);
            WriteList("warnings", comparison.Warnings);
            WriteList("basis", comparison.Basis);
            JsonTable.Write(json, "answers", Columns, comparison.Answers);
            json.WriteEndObject();

            void WriteList(string name, IEnumerable<string> lines)
            {
                json.WriteStartArray(name);
                foreach (string line in lines)
                {
                    json.WriteStringValue(line);
                }

                json.WriteEndArray();
            }
        }

        return bytes.ToArray();
    }

    private static Answer[] Notable(Comparison comparison) => [.. comparison.Changed.Concat(comparison.Answers.Any(answer => answer.Judgement != Judgement.NotJudged) ? comparison.Open : comparison.Answers)];

    private static Column<Answer> FigureOf(string name, Func<Answer, double?> figure) => new(
        name, true,
        answer => figure(answer) is { } value ? answer.Metric.Write(value) : "",
        [new(name, answer => figure(answer) is { } value ? answer.Metric.InUnit(value) : null)]);

    private static string Change(Answer answer)
    {
        if (answer.Change is not { } change)
        {
            return "";
        }

        string written = answer.Metric.WriteChange(change);
        return answer is { Low: { } low, High: { } high }
            ? $"{written} [{answer.Metric.WriteChange(low).Split(' ')[0]} – {answer.Metric.WriteChange(high).Split(' ')[0]}]"
            : written;
    }

    private static double? Percent(Answer answer, double? change) => change is { } known ? answer.Metric.PercentOf(known) : null;
}
