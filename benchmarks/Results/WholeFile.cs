namespace WorkerRpc.Benchmarks.Results;

/// <summary>Writes a file under a temporary name and then renames it, so that no reader sees an incomplete file.</summary>
internal static class WholeFile
{
    public const string TemporarySuffix = ".tmp";

    /// <summary>Creates or replaces a file, and creates its folder if needed.</summary>
    /// <exception cref="IOException">The file could not be written. An older file at this path is unchanged.</exception>
    public static void Write(string path, byte[] content) => Replace(path, temporary =>
    {
        using FileStream file = File.Create(temporary);
        file.Write(content);
        // Flush before the rename. Otherwise the file with the final name might be empty after a power cut.
        file.Flush(flushToDisk: true);
    });

    /// <summary>Copies a file, and creates its folder if needed. Does not flush the copy, because the original is on disk.</summary>
    /// <exception cref="IOException">The file could not be copied. An older file at this path is unchanged.</exception>
    public static void Copy(string from, string to) => Replace(to, temporary => File.Copy(from, temporary, overwrite: true));

    private static void Replace(string path, Action<string> write)
    {
        string temporary = path + TemporarySuffix;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            write(temporary);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
