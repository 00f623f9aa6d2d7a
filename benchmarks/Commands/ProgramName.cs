using WorkerRpc.Benchmarks.Measuring.Builds;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>How a user starts this program: from its sources, or as an installed .NET tool.</summary>
internal static class ProgramName
{
    /// <summary>The start of a command line from the sources, up to the program's own arguments.</summary>
    public const string FromSources = "dotnet run -c Release --project benchmarks -- ";

    /// <summary>The start of a command line of the installed tool, up to the arguments.</summary>
    public const string OfTool = "worker-rpc-benchmarks ";

    /// <summary>The start of a command line, up to the program's own arguments.</summary>
    public static string Typed { get; } = SourceState.HasSources ? FromSources : OfTool;

    /// <summary>Returns a text whose commands start this program as the user does.</summary>
    /// <param name="text">A text with commands from the sources.</param>
    /// <param name="typed">The start of a command line.</param>
    public static string In(string text, string typed) => typed == FromSources ? text : text
        .Replace(FromSources, typed, StringComparison.Ordinal)
        .Replace(FromSources[..^" -- ".Length], typed.TrimEnd(), StringComparison.Ordinal);
}
