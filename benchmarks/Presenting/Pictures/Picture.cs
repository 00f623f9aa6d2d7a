using System.Security;
using System.Text;
using ScottPlot;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>A drawing of a report, and what it shows in words.</summary>
/// <param name="Name">What its files are called, without the ending.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Alternative">The same with its figures, for who cannot see it.</param>
/// <param name="Plot">The drawing.</param>
internal sealed record Picture(string Name, string Title, string Alternative, Plot Plot)
{
    // What fits between the margins of a page on GitHub.
    private const int Width = 900;
    private const int Height = 520;

    public byte[] Png() => Plot.GetImage(Width, Height).GetImageBytes(ImageFormat.Png);

    /// <summary>The drawing with its title and alternative within, where a reader of screens finds them.</summary>
    public byte[] Svg()
    {
        string drawn = Plot.GetSvgXml(Width, Height);
        int end = drawn.IndexOf('>', drawn.IndexOf("<svg", StringComparison.Ordinal));
        return Encoding.UTF8.GetBytes(
            $"{drawn[..end]} role=\"img\" viewBox=\"0 0 {Width} {Height}\">\n\t<title>{SecurityElement.Escape(Title)}</title>\n\t<desc>{SecurityElement.Escape(Alternative)}</desc>{drawn[(end + 1)..]}");
    }

    /// <summary>The picture in a document beside it.</summary>
    public string Markdown() => $"![{Alternative.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)}]({Name}.svg)";
}
