using System.Security;
using System.Text;
using ScottPlot;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>A drawing of a report, with its content in words.</summary>
/// <param name="Name">The name of its files, without the extension.</param>
/// <param name="Title">Its title.</param>
/// <param name="Alternative">Its content with figures, for readers who cannot see it.</param>
/// <param name="Plot">The drawing.</param>
internal sealed record Picture(string Name, string Title, string Alternative, Plot Plot)
{
    // Fits between the margins of a page on GitHub.
    private const int Width = 900;
    private const int Height = 520;

    public byte[] Png() => Plot.GetImage(Width, Height).GetImageBytes(ImageFormat.Png);

    /// <summary>The drawing as SVG. It includes title and content in words, where a screen reader finds them.</summary>
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

    /// <summary>The picture in a Markdown document beside it.</summary>
    public string Markdown()
    {
        string text = Alternative.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        return $"![{text}]({Name}.svg)";
    }
}
