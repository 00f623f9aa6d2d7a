using Spectre.Console;
using Spectre.Console.Rendering;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>
/// Writes the screen of a run. For a terminal, lines fit the terminal's width. For a file or pipe, lines have any length.
/// </summary>
internal static class ScreenWriter
{
    private const int LabelWidth = 10;

    // The number of spaces between two cells of a table.
    private const int CellPadding = 2;

    private static readonly Style s_dim = new(decoration: Decoration.Dim);
    private static readonly Style s_bold = new(decoration: Decoration.Bold);

    public static void Write(Display display, Screen screen)
    {
        if (display.IsTerminal)
        {
            Draw(display, screen, display.Width());
        }
        else
        {
            WritePlain(display.Writer, screen);
        }
    }

    private static void WritePlain(TextWriter output, Screen screen)
    {
        output.WriteLine(Printable.Of(screen.Verdict));
        output.WriteLine();
        foreach (ScreenTable table in screen.Tables)
        {
            output.Write(MarkdownTable.Write(
                [.. table.Columns.Select(column => (column.Title, column.IsNumber))],
                [.. table.Rows.Select(row => row.Cells.Select(cell => Printable.Of(cell.Text)).ToArray())]));
            output.WriteLine(table.More is { } more ? "  " + more + Environment.NewLine : "");
        }

        foreach (ScreenLine line in screen.Lines)
        {
            output.WriteLine(Label(line.Label) + Printable.Of(line.Text));
        }

        output.WriteLine();
        foreach ((int index, string line) in screen.Recommendation.Index())
        {
            output.WriteLine((index == 0 ? "" : "  ") + Printable.Of(line));
        }

        output.WriteLine();
        output.WriteLine(Label("next") + screen.Next);
    }

    private static void Draw(Display display, Screen screen, int width)
    {
        var rows = new List<IRenderable> { Verdict(screen) };
        foreach (ScreenTable table in screen.Tables)
        {
            rows.Add(DrawTable(table, width));
            rows.AddRange(table.More is { } more ? [new Text(" " + more, s_dim), Blank] : Array.Empty<IRenderable>());
        }

        rows.AddRange(screen.Tables.Count == 0 ? [Blank, Lines(screen.Lines)] : [Lines(screen.Lines)]);
        rows.Add(Blank);
        rows.AddRange(screen.Recommendation.Select((line, index) => index == 0
            ? (IRenderable)new Text(Printable.Of(line), s_bold)
            : new Padder(new Text(Printable.Of(line)), new Padding(2, 0, 0, 0))));
        rows.Add(Blank);
        display.Writer.Write(display.Render(new Rows(rows), width));
        // Writes the command without line breaks, because the user would copy them with the command.
        display.Writer.WriteLine(Label("next") + screen.Next);
    }

    private static Text Blank => Text.Empty;

    private static Paragraph Verdict(Screen screen)
    {
        string verdict = Printable.Of(screen.Verdict);
        int end = verdict.IndexOf('.', StringComparison.Ordinal) + 1;
        return new Paragraph()
            .Append(verdict[..end], StyleOf(screen.Viability).Decoration(Decoration.Bold))
            .Append(verdict[end..]);
    }

    private static Grid Lines(IReadOnlyList<ScreenLine> lines)
    {
        Grid grid = new Grid()
            .AddColumn(new GridColumn { NoWrap = true, Width = LabelWidth, Padding = new Padding(0) })
            .AddColumn(new GridColumn { Padding = new Padding(0) });
        foreach (ScreenLine line in lines)
        {
            Style style = line.Label == "warning" ? new Style(Color.Yellow) : s_dim;
            grid.AddRow(new Text(Label(line.Label), style), new Text(Printable.Of(line.Text)));
        }

        return grid;
    }

    private static Table DrawTable(ScreenTable shown, int width)
    {
        (int[] columns, bool isShort) = Fitting(shown, width);
        var table = new Table { Border = TableBorder.Simple };
        foreach (ScreenColumn column in columns.Select(index => shown.Columns[index]))
        {
            table.AddColumn(new TableColumn(new Text(column.Title, s_dim))
            {
                Alignment = column.IsNumber ? Justify.Right : Justify.Left,
                Padding = new Padding(0, 0, CellPadding - 1, 0),
                NoWrap = column.DropStep != ScreenColumn.NeverDropped,
            });
        }

        foreach (ScreenRow row in shown.Rows)
        {
            table.AddRow(columns.Select(index =>
            {
                bool isVerdict = index == shown.Columns.Count - 1 && row.Viability is not null;
                return new Text(CellText(row.Cells[index], isShort), isVerdict ? StyleOf(row.Viability) : Style.Plain);
            }));
        }

        return table;
    }

    // Drops columns step by step until the table fits. One of the steps drops the ranges of all figures.
    private static (int[] Columns, bool IsShort) Fitting(ScreenTable table, int width)
    {
        int[] all = [.. Enumerable.Range(0, table.Columns.Count)];
        IEnumerable<int> numbers = table.Columns.Select(column => column.DropStep).Append(ScreenColumn.RangesDropStep).Append(0);
        (int[] Columns, bool IsShort)[] steps =
        [
            .. from step in numbers.Distinct().Order()
               where step != ScreenColumn.NeverDropped
               select (all.Where(index => table.Columns[index].DropStep > step).ToArray(), step >= ScreenColumn.RangesDropStep),
        ];
        return steps.FirstOrDefault(Fits, steps[^1]);

        bool Fits((int[] Columns, bool IsShort) step) =>
            1 + step.Columns.Sum(index => Widest(index, step.IsShort) + CellPadding) <= width;

        int Widest(int index, bool isShort) => table.Rows
            .Select(row => CellText(row.Cells[index], isShort))
            .Append(table.Columns[index].Title)
            .Max(text => text.GetCellWidth());
    }

    private static string CellText(ScreenCell cell, bool isShort) => Printable.Of(isShort ? cell.Short : cell.Text);

    private static string Label(string label) => (label.Length > 0 ? label + ":" : "").PadRight(LabelWidth);

    private static Style StyleOf(Viability? viability) => viability switch
    {
        Viability.Viable => new Style(Color.Green),
        Viability.NotKnown => new Style(Color.Yellow),
        Viability.NotViable => new Style(Color.Red),
        _ => Style.Plain,
    };
}
