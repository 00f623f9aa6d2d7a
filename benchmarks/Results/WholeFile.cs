namespace WorkerRpc.Benchmarks.Results;

/// <summary>Writes a file under a temporary name and then renames it, so that no reader sees an incomplete file.</summary>
internal static class WholeFile
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>Creates or replaces a file, and creates its folder if needed.</summary>
    /// <exception cref="IOException">The file could not be written. An older file at this path is unchanged.</exception>
    public static void Write(string path, byte[] content)
    {
        string temporary = path + TemporarySuffix;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            using (FileStream file = File.Create(temporary))
            {
                file.Write(content);
                // Flush before the rename. Otherwise the file with the final name might be empty after a power cut.
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
