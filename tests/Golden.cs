using System.Text;
using WorkerRpc.Benchmarks.Measuring.Builds;

namespace WorkerRpc.Tests;

/// <summary>
/// Compares output with golden files, byte for byte. After an intended change, <c>UPDATE_GOLDEN=1 dotnet test</c> rewrites the
/// files. Review the difference before you commit it.
/// </summary>
internal static class Golden
{
    /// <summary>Fails if the output differs from a golden file.</summary>
    /// <param name="file">Path of the golden file below tests/, with slashes.</param>
    /// <param name="actual">Output of the program.</param>
    public static void RequireSame(string file, byte[] actual)
    {
        string path = Path.Combine([SourceState.Root, "tests", .. file.Split('/')]);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllBytes(path, actual);
        }

        byte[] expected = File.ReadAllBytes(path);
        // Compares as text first, because that failure message is readable.
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(actual));
        Assert.Equal(expected, actual);
    }

    /// <inheritdoc cref="RequireSame(string, byte[])"/>
    public static void RequireSame(string file, string actual) => RequireSame(file, Encoding.UTF8.GetBytes(actual));
}
