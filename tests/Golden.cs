using System.Text;
using WorkerRpc.Benchmarks.Measuring.Builds;

namespace WorkerRpc.Tests;

/// <summary>
/// Files that hold what is expected, byte for byte. After a change that is meant, write them anew with
/// <c>UPDATE_GOLDEN=1 dotnet test</c>, and read the difference before it is committed.
/// </summary>
internal static class Golden
{
    /// <summary>Requires that some bytes are those of a golden file.</summary>
    /// <param name="file">Its path below tests/, with slashes.</param>
    /// <param name="actual">What the program made.</param>
    public static void RequireSame(string file, byte[] actual)
    {
        string path = Path.Combine([SourceState.Root, "tests", .. file.Split('/')]);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllBytes(path, actual);
        }

        byte[] expected = File.ReadAllBytes(path);
        // Text first: its difference can be read.
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(actual));
        Assert.Equal(expected, actual);
    }

    /// <inheritdoc cref="RequireSame(string, byte[])"/>
    public static void RequireSame(string file, string actual) => RequireSame(file, Encoding.UTF8.GetBytes(actual));
}
