using Spectre.Console;
using Spectre.Console.Rendering;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>What a writer writes to, and how the program may draw there.</summary>
/// <param name="Writer">The writer.</param>
/// <param name="IsTerminal">Whether it is a terminal that can move back in a line.</param>
/// <param name="HasColours">Whether colours and other styles may be used.</param>
/// <param name="IsBuildServer">Whether it is the log of a build server, where each line stays.</param>
/// <param name="Width">The current number of columns: a window changes its size.</param>
internal sealed record Display(TextWriter Writer, bool IsTerminal, bool HasColours, bool IsBuildServer, Func<int> Width)
{
    // For a terminal that reports no width, such as one on a serial line.
    private const int AssumedWidth = 80;

    // A narrower screen would break every word.
    private const int LeastWidth = 20;

    /// <summary>The display of a writer of this process.</summary>
    public static Display Of(TextWriter writer)
    {
        bool isConsole = (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected)
            || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
        return Of(writer, isConsole, Environment.GetEnvironmentVariable, ConsoleWidth);
    }

    /// <summary>The display of a writer, by the environment's conventions.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="isConsole">Whether it writes to a console.</param>
    /// <param name="variable">The value of an environment variable; null where it is not set.</param>
    /// <param name="width">The console's number of columns.</param>
    public static Display Of(TextWriter writer, bool isConsole, Func<string, string?> variable, Func<int> width)
    {
        bool isTerminal = isConsole && variable("TERM") != "dumb";
        // https://no-color.org: any value but an empty one disables colours.
        bool hasColours = isTerminal && string.IsNullOrEmpty(variable("NO_COLOR"));
        bool isBuildServer = variable("CI") is { Length: > 0 } ci && !ci.Equals("false", StringComparison.OrdinalIgnoreCase) && ci != "0";
        return new Display(writer, isTerminal, hasColours, isBuildServer, () => Math.Max(width(), LeastWidth));
    }

    /// <summary>A display that keeps each line: a file or a pipe.</summary>
    public static Display Plain(TextWriter writer) =>
        new(writer, IsTerminal: false, HasColours: false, IsBuildServer: false, () => AssumedWidth);

    /// <summary>Draws something, no wider than a number of columns.</summary>
    public string Render(IRenderable drawn, int width)
    {
        using var text = new StringWriter { NewLine = Writer.NewLine };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = HasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = HasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            // The default ones read the environment again, and may decide otherwise.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        console.Write(drawn);
        return text.ToString();
    }

    private static int ConsoleWidth()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : AssumedWidth;
        }
        catch (IOException)
        {
            return AssumedWidth;
        }
    }
}
