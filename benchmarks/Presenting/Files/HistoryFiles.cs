using System.Text;
using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Pictures;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Files;

/// <summary>The files of a history: a Markdown document, CSV and a picture of each series.</summary>
internal static class HistoryFiles
{
    private const string Name = "history";

    /// <summary>The contents of the files; the key is the file's name.</summary>
    /// <param name="history">The history.</param>
    /// <param name="noPictures">Why this machine cannot draw the pictures, or null if it can.</param>
    public static IReadOnlyDictionary<string, byte[]> Of(ReportHistory history, out string? noPictures)
    {
        var pictures = new Dictionary<HistorySeries, Picture>();
        var files = new Dictionary<string, byte[]>();
        noPictures = PictureFiles.FailureOf(() => Draw(history, pictures, files));
        files[Name + ".md"] = Encoding.UTF8.GetBytes(HistoryDocument.Write(history, pictures));
        files[Name + ".csv"] = Encoding.UTF8.GetBytes(CsvWriter.Write(HistoryColumns.Csv, history.Series.SelectMany(HistoryPoint.Of)));
        return files;
    }

    private static void Draw(ReportHistory history, Dictionary<HistorySeries, Picture> pictures, Dictionary<string, byte[]> files)
    {
        foreach ((int index, HistorySeries series) in history.Series.Index())
        {
            string name = index == 0 ? Name : FormattableString.Invariant($"{Name}-{index + 1}");
            if (HistoryPicture.Of(series, name) is { } picture)
            {
                files[name + ".svg"] = picture.Svg();
                files[name + ".png"] = picture.Png();
                pictures[series] = picture;
            }
        }
    }
}
