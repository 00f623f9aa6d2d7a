namespace WorkerRpc.Functions;

/// <summary>
/// Checks a path of the user before the file is opened, because opening a pipe waits for its writer. A pipe and a device have the length 0,
/// as an empty file has.
/// </summary>
public static class FileContent
{
    /// <summary>What a path without content names, for messages.</summary>
    public const string Missing = "empty, or no regular file but a pipe or a device";

    /// <summary>Whether a path names an empty file, a pipe or a device.</summary>
    /// <exception cref="IOException">There is no such file, or its length cannot be read.</exception>
    public static bool IsMissing(string path) => new FileInfo(path).Length == 0;
}
