using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>How far a run is, in one line: what comes last gives way first where a terminal is narrow.</summary>
/// <param name="Where">The launch and the case, counted.</param>
/// <param name="Doing">What is done with which case.</param>
/// <param name="Elapsed">Since the run began.</param>
/// <param name="Left">What is likely to be left of it.</param>
/// <param name="Last">The figures of the case before; null where there is none.</param>
internal sealed record ProgressLine(string Where, string Doing, TimeSpan Elapsed, TimeSpan Left, string? Last)
{
    private const string Separator = ", ";

    private static readonly Style s_dim = new(decoration: Decoration.Dim);

    /// <summary>A time as a clock has it: <c>4:05</c>, <c>1:04:05</c>.</summary>
    public static string Clock(TimeSpan time) => time.ToString(time >= TimeSpan.FromHours(1) ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);

    public override string ToString() => string.Concat(Segments(isTimed: true, Last).Select(segment => segment.Text));

    /// <summary>The line as a terminal of a width shows it: without the figures, without the time that went by, with half a case's name.</summary>
    public IRenderable Drawn(int width, out int cells)
    {
        Segment[][] choices = [Segments(isTimed: true, Last), Segments(isTimed: true, null), Segments(isTimed: false, null)];
        IReadOnlyList<Segment> line = choices.FirstOrDefault(segments => Segment.CellCount(segments) <= width) ?? Shortened(choices[^1], width);
        cells = Segment.CellCount(line);
        return new OneLine(line);
    }

    // The case's name gives what the rest needs.
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
