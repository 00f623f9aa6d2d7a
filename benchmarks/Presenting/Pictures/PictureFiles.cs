using System.Text;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>Writes the pictures of a report as SVG and PNG, and a Markdown page that shows and describes all of them.</summary>
internal static class PictureFiles
{
    /// <summary>The name of the Markdown page.</summary>
    public const string Page = "pictures.md";

    private static readonly string[] s_names = ["overhead", "percentiles", "cost"];

    /// <summary>The names of all files that this class can write.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_names.SelectMany(name => new[] { name + ".svg", name + ".png" }), Page];

    /// <summary>Runs drawing code, and catches the error of a machine that cannot draw. A report is complete without pictures.</summary>
    /// <returns>The reason why this machine cannot draw, or null if it can.</returns>
    public static string? FailureOf(Action draw)
    {
        try
        {
            if (SkiaSharp.SKFontManager.Default.FontFamilyCount == 0)
            {
                return "this machine has no font (Debian: fonts-dejavu-core)";
            }

            draw();
            return null;
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or BadImageFormatException)
        {
            // This exception means that the drawing library does not support this operating system.
            return $"what draws them does not run here: {(e.InnerException ?? e).Message}";
        }
    }

    /// <summary>The contents of the files; the key is the file's name.</summary>
    public static IReadOnlyDictionary<string, byte[]> Of(RunAnalysis analysis)
    {
        var files = new Dictionary<string, byte[]>();
        IReadOnlyList<Picture> pictures = Draw(analysis);
        foreach (Picture picture in pictures)
        {
            files[picture.Name + ".svg"] = picture.Svg();
            files[picture.Name + ".png"] = picture.Png();
        }

        if (pictures.Count > 0)
        {
            files[Page] = Encoding.UTF8.GetBytes("# Pictures\n\n" + string.Join("\n", pictures.Select(Section)));
        }

        return files;
    }

    /// <summary>Draws the pictures. A picture without data is left out.</summary>
    public static IReadOnlyList<Picture> Draw(RunAnalysis analysis)
    {
        var cases = new PictureCases(analysis);
        Picture?[] drawn = [OverheadPicture.Of(analysis, cases), PercentilePicture.Of(cases), CostPicture.Of(analysis, cases)];
        return [.. drawn.OfType<Picture>()];
    }

    private static string Section(Picture picture) =>
        $"## {picture.Title}\n\n{picture.Markdown()}\n\n{MarkdownTable.Escape(picture.Alternative)}\n";
}
