using System.Text;
using WorkerRpc.Benchmarks.Analysis;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>The pictures of a report as files: SVG and PNG, and a page of Markdown with all of them and what they show in words.</summary>
internal static class PictureFiles
{
    /// <summary>The page that has them all.</summary>
    public const string Page = "pictures.md";

    private static readonly string[] s_names = ["overhead", "percentiles", "cost"];

    /// <summary>Writes the pictures of a report beside its other files.</summary>
    /// <returns>Why there are none; null where there are.</returns>
    /// <exception cref="IOException">A file could not be written.</exception>
    public static string? Write(Tables tables, string folder)
    {
        IReadOnlyDictionary<string, byte[]>? drawn = null;
        string? missing = Missing(() => drawn = Of(tables));
        IReadOnlyDictionary<string, byte[]> files = drawn ?? new Dictionary<string, byte[]>();
        ReportFiles.Replace(folder, files);
        foreach (string stale in s_names.SelectMany(name => new[] { name + ".svg", name + ".png" }).Append(Page).Where(name => !files.ContainsKey(name)))
        {
            // Of an earlier run: beside this report it would pass for its own.
            File.Delete(Path.Combine(folder, stale));
        }

        return missing;
    }

    /// <summary>Draws where that is possible: a report without pictures is a whole one.</summary>
    /// <returns>Why it is not; null where it is.</returns>
    public static string? Missing(Action draw)
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
            // What draws has no native part for this system.
            return $"what draws them does not run here: {(e.InnerException ?? e).Message}";
        }
    }

    /// <summary>The files by name.</summary>
    public static IReadOnlyDictionary<string, byte[]> Of(Tables tables)
    {
        var files = new Dictionary<string, byte[]>();
        IReadOnlyList<Picture> pictures = Draw(tables);
        foreach (Picture picture in pictures)
        {
            files[picture.Name + ".svg"] = picture.Svg();
            files[picture.Name + ".png"] = picture.Png();
        }

        if (pictures.Count > 0)
        {
            files[Page] = Encoding.UTF8.GetBytes("# Pictures\n\n" + string.Join("\n", pictures.Select(picture => $"## {picture.Title}\n\n{picture.Markdown()}\n\n{MarkdownTable.Escape(picture.Alternative)}\n")));
        }

        return files;
    }

    /// <summary>The pictures for which a report has what they show.</summary>
    public static IReadOnlyList<Picture> Draw(Tables tables)
    {
        var cases = new PictureCases(tables);
        return [.. new[] { OverheadPicture.Of(tables, cases), PercentilePicture.Of(tables.Report, cases), CostPicture.Of(tables, cases) }.OfType<Picture>()];
    }
}
