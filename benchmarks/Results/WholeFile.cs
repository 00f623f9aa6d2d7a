namespace WorkerRpc.Benchmarks.Results;

/// <summary>Writes a file under a temporary name and renames it, so that nobody reads half of one.</summary>
internal static class WholeFile
{
    public const string TemporarySuffix = ".tmp";

    /// <exception cref="IOException">It could not be written; what was there before still is.</exception>
    public static void Write(string path, byte[] content)
    {
        string temporary = path + TemporarySuffix;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            using (FileStream file = File.Create(temporary))
            {
                file.Write(content);
                // Before the rename, or a power cut could leave the new name with nothing behind it.
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
