using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>The progress of a run in one line. In a narrow terminal, the last parts of the line are left out first.</summary>
/// <param name="Where">The number of the current launch and of the current case.</param>
/// <param name="Doing">The current step and the case that is measured.</param>
/// <param name="Elapsed">The time since the run started.</param>
/// <param name="Left">The estimated remaining time.</param>
/// <param name="Last">The figures of the previous case, or null if there is no previous case.</param>
internal sealed record ProgressLine(string Where, string Doing, TimeSpan Elapsed, TimeSpan Left, string? Last)
{
    private const string Separator = ", ";

    private static readonly Style s_dim = new(decoration: Decoration.Dim);

    /// <summary>Formats a duration as minutes and seconds (<c>4:05</c>) or with hours (<c>1:04:05</c>).</summary>
    public static string Clock(TimeSpan time) =>
        time.ToString(time >= TimeSpan.FromHours(1) ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);

    public override string ToString() => string.Concat(Segments(isTimed: true, Last).Select(segment => segment.Text));

    /// <summary>
    /// Draws the line for a terminal. If the line is too wide, parts are left out in this order: the figures, the elapsed time, the end
    /// of the case's name.
    /// </summary>
    /// <param name="width">The width of the terminal, in columns.</param>
    /// <param name="columns">The width of the drawn line, in columns.</param>
    public IRenderable Drawn(int width, out int columns)
    {
        Segment[][] choices = [Segments(isTimed: true, Last), Segments(isTimed: true, null), Segments(isTimed: false, null)];
        IReadOnlyList<Segment> line = choices.FirstOrDefault(segments => Segment.CellCount(segments) <= width)
            ?? Shortened(choices[^1], width);
        columns = Segment.CellCount(line);
        return new OneLine(line);
    }

    // Shortens the case's name so that the other parts fit.
    private static Segment[] Shortened(Segment[] line, int width)
    {
        int rest = Segment.CellCount(line) - line[1].CellCount();
        Segment? name = Segment.Truncate(line[1], Math.Max(0, width - rest - 1));
        return [.. Segment.Truncate([line[0], new Segment((name?.Text ?? "") + "…", line[1].Style), .. line[2..]], width)];
    }

    private Segment[] Segments(bool isTimed, string? last) =>
    [
        new(Where + Separator),
        new(Printable.Of(Doing), new Style(Color.Aqua)),
        new($"{Separator}about {Clock(Left)} left"),
        .. isTimed ? [new Segment($"{Separator}{Clock(Elapsed)} elapsed", s_dim)] : Array.Empty<Segment>(),
        .. last is null ? [] : new[] { new Segment(Separator + Printable.Of(last), s_dim) },
    ];

    private sealed class OneLine(IEnumerable<Segment> segments) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => segments;
    }
}
