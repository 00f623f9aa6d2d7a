using Spectre.Console;
using Spectre.Console.Rendering;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>The target of a text writer, and how the program may draw there.</summary>
/// <param name="Writer">The writer.</param>
/// <param name="IsTerminal">Whether the target is a terminal, where a line can be overwritten.</param>
/// <param name="HasColours">Whether colours and other styles may be used.</param>
/// <param name="IsBuildServer">Whether the target is the log of a build server, where no line can be overwritten.</param>
/// <param name="Width">Gets the current number of columns, since the user may resize the window.</param>
internal sealed record Display(TextWriter Writer, bool IsTerminal, bool HasColours, bool IsBuildServer, Func<int> Width)
{
    // The width of a terminal that reports none, such as one on a serial line.
    private const int AssumedWidth = 80;

    // On a narrower screen, almost every word would be broken.
    private const int LeastWidth = 20;

    /// <summary>The display of a writer, such as <see cref="Console.Out"/>.</summary>
    public static Display Of(TextWriter writer)
    {
        bool isConsole = (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected)
            || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
        return Of(writer, isConsole, Environment.GetEnvironmentVariable, ConsoleWidth);
    }

    /// <summary>The display of a writer, by the environment variables TERM, NO_COLOR and CI.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="isConsole">Whether the writer writes to a console.</param>
    /// <param name="variable">Gets the value of an environment variable; null where it is not set.</param>
    /// <param name="width">Gets the console's number of columns.</param>
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

    /// <summary>Draws a text or a table as text, at most <paramref name="width"/> columns wide.</summary>
    public string Render(IRenderable drawn, int width)
    {
        using var text = new StringWriter { NewLine = Writer.NewLine };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = HasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = HasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            // The default enrichers read the environment again, and could switch colours on or off.
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
