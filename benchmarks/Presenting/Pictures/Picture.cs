using System.Security;
using System.Text;
using ScottPlot;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>A drawing of a report, and a description of its content in words.</summary>
/// <param name="Name">The name of the picture's files, without the extension.</param>
/// <param name="Title">The title above the drawing.</param>
/// <param name="Alternative">The picture's content in words and figures, for readers who cannot see it.</param>
/// <param name="Plot">The drawing.</param>
internal sealed record Picture(string Name, string Title, string Alternative, Plot Plot)
{
    // The width in pixels. A picture of this width fits into a page on GitHub.
    private const int Width = 900;
    private const int Height = 520;

    public byte[] Png() => Plot.GetImage(Width, Height).GetImageBytes(ImageFormat.Png);

    /// <summary>The drawing as SVG. For screen readers, the SVG includes the title and a description.</summary>
    public byte[] Svg()
    {
        string drawn = Plot.GetSvgXml(Width, Height);
        int end = drawn.IndexOf('>', drawn.IndexOf("<svg", StringComparison.Ordinal));
        return Encoding.UTF8.GetBytes(
            $"{drawn[..end]} role=\"img\" viewBox=\"0 0 {Width} {Height}\">\n"
            + $"\t<title>{SecurityElement.Escape(Title)}</title>\n"
            + $"\t<desc>{SecurityElement.Escape(Alternative)}</desc>"
            + drawn[(end + 1)..]);
    }

    /// <summary>The Markdown that shows the picture in a document in the same folder.</summary>
    public string Markdown()
    {
        string text = Alternative.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        return $"![{text}]({Name}.svg)";
    }
}
