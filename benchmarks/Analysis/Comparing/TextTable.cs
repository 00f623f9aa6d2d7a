using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>A table of a CSV or Markdown file, as text.</summary>
/// <param name="Header">The titles of the columns.</param>
/// <param name="Rows">The rows: the cells, and the position in the file for error messages.</param>
internal sealed record TextTable(
    IReadOnlyList<string> Header, IReadOnlyList<(string Where, IReadOnlyList<string> Cells)> Rows)
{
    private static readonly MarkdownPipeline s_markdown = new MarkdownPipelineBuilder().UsePipeTables().Build();

    /// <summary>Reads a CSV file (RFC 4180). The first line is the header.</summary>
    /// <exception cref="UnusableInputException">The file is damaged.</exception>
    public static TextTable ReadCsv(string path, string text)
    {
        using var reader = new StringReader(text);
        using var csv = new CsvParser(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { IgnoreBlankLines = false });
        try
        {
            csv.Read();
            string[] header = csv.Record!;
            var rows = new List<(string, IReadOnlyList<string>)>();
            while (csv.Read())
            {
                string where = FormattableString.Invariant($"{path}, line {csv.RawRow}");
                rows.Add((where, RequireCells(where, header, csv.Record!)));
            }

            return new TextTable(header, rows);
        }
        catch (CsvHelperException e)
        {
            throw new UnusableInputException($"{path} is no table in CSV, or a damaged one: {e.Message.Split('\n')[0]}", e);
        }
    }

    /// <summary>Reads all tables of a Markdown file.</summary>
    /// <exception cref="UnusableInputException">A row has more cells than the header.</exception>
    public static IReadOnlyList<TextTable> ReadMarkdown(string path, string text)
    {
        return [.. Markdown.Parse(text, s_markdown).Descendants<Table>().Select(Read)];

        TextTable Read(Table table)
        {
            TableRow[] rows = [.. table.OfType<TableRow>()];
            IReadOnlyList<string> header = CellsOf(rows[0]);
            return new TextTable(
                header,
                [
                    .. rows.Skip(1).Select(row =>
                    {
                        string where = FormattableString.Invariant($"{path}, line {row.Line + 1}");
                        return (where, RequireCells(where, header, CellsOf(row)));
                    }),
                ]);
        }
    }

    /// <summary>Returns the cell of a column. Returns null if the table lacks the column.</summary>
    public string? Cell(IReadOnlyList<string> cells, string column) =>
        Header.TakeWhile(title => title != column).Count() is var index && index < Header.Count ? cells[index] : null;

    private static IReadOnlyList<string> RequireCells(string where, IReadOnlyList<string> header, IReadOnlyList<string> cells) =>
        cells.Count == header.Count
            ? cells
            : throw new UnusableInputException(
                FormattableString.Invariant($"{where}: expected {header.Count} cells, found {cells.Count}."));

    private static IReadOnlyList<string> CellsOf(TableRow row) =>
    [
        .. row.OfType<TableCell>().Select(cell =>
            string.Concat(cell.Descendants<ParagraphBlock>().Select(paragraph => TextOf(paragraph.Inline))).Trim()),
    ];

    // Text without markup: BenchmarkDotNet writes some cells in bold.
    private static string TextOf(Inline? inline) => inline switch
    {
        LiteralInline literal => literal.Content.ToString(),
        HtmlEntityInline entity => entity.Transcoded.ToString(),
        CodeInline code => code.Content,
        ContainerInline container => string.Concat(container.Select(TextOf)),
        _ => "",
    };
}
