using Spectre.Console;
using Spectre.Console.Rendering;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>The output of a text writer, and how the program can draw there.</summary>
/// <param name="Writer">The text writer.</param>
/// <param name="IsTerminal">Whether the output is a terminal, in which a line can be overwritten.</param>
/// <param name="HasColours">Whether the program can use colours and other text styles.</param>
/// <param name="IsBuildServer">Whether the output is the log of a build server, in which no line can be overwritten.</param>
/// <param name="Width">Returns the current number of columns. It is a function, because the user can resize the window.</param>
internal sealed record Display(TextWriter Writer, bool IsTerminal, bool HasColours, bool IsBuildServer, Func<int> Width)
{
    // The width if the terminal does not report one, such as a terminal on a serial line.
    private const int AssumedWidth = 80;

    // The smallest width to draw for. In fewer columns, almost every word would be broken.
    private const int LeastWidth = 20;

    /// <summary>Describes the output of a writer, such as <see cref="Console.Out"/>.</summary>
    public static Display Of(TextWriter writer)
    {
        bool isConsole = (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected)
            || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
        return Of(writer, isConsole, Environment.GetEnvironmentVariable, ConsoleWidth);
    }

    /// <summary>
    /// Describes the output of a writer. The environment variables TERM, NO_COLOR and CI decide whether it is a terminal, has colours, or
    /// is a build server's log.
    /// </summary>
    /// <param name="writer">The writer.</param>
    /// <param name="isConsole">Whether the writer writes to a console.</param>
    /// <param name="variable">Returns the value of an environment variable, or null if the variable is not set.</param>
    /// <param name="width">Returns the console's number of columns.</param>
    public static Display Of(TextWriter writer, bool isConsole, Func<string, string?> variable, Func<int> width)
    {
        bool isTerminal = isConsole && variable("TERM") != "dumb";
        // NO_COLOR disables colours unless its value is empty (https://no-color.org).
        bool hasColours = isTerminal && string.IsNullOrEmpty(variable("NO_COLOR"));
        bool isBuildServer = variable("CI") is { Length: > 0 } ci && !ci.Equals("false", StringComparison.OrdinalIgnoreCase) && ci != "0";
        return new Display(writer, isTerminal, hasColours, isBuildServer, () => Math.Max(width(), LeastWidth));
    }

    /// <summary>Describes an output that keeps each line: a file or a pipe.</summary>
    public static Display Plain(TextWriter writer) =>
        new(writer, IsTerminal: false, HasColours: false, IsBuildServer: false, () => AssumedWidth);

    /// <summary>Converts a table or another drawing to text, at most <paramref name="width"/> columns wide.</summary>
    public string Render(IRenderable drawn, int width)
    {
        using var text = new StringWriter { NewLine = Writer.NewLine };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = HasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = HasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            // Spectre.Console's default enrichers are off, because they read the environment too and could change the colour setting.
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
