using Spectre.Console;
using Spectre.Console.Rendering;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>What a writer leads to, and so how one may draw there.</summary>
/// <param name="Writer">Where it is written to.</param>
/// <param name="IsTerminal">Whether somebody looks at it while it is written, in a terminal that can go back in a line.</param>
/// <param name="HasColours">Whether colours and other styles may be used.</param>
/// <param name="IsBuildServer">Whether it ends in the log of a build server, where each line stays.</param>
/// <param name="Width">Its columns, asked each time: a window changes its size.</param>
internal sealed record Display(TextWriter Writer, bool IsTerminal, bool HasColours, bool IsBuildServer, Func<int> Width)
{
    // A terminal that does not tell, as one behind a serial line.
    private const int AssumedWidth = 80;

    // A narrower one shows nothing that can be read, and would break every word.
    private const int LeastWidth = 20;

    /// <summary>What a writer of this process leads to.</summary>
    public static Display Of(TextWriter writer)
    {
        bool isConsole = (ReferenceEquals(writer, Console.Out) && !Console.IsOutputRedirected)
            || (ReferenceEquals(writer, Console.Error) && !Console.IsErrorRedirected);
        return Of(writer, isConsole, Environment.GetEnvironmentVariable, ConsoleWidth);
    }

    /// <summary>What a writer leads to, by the environment's conventions.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="isConsole">Whether a console is at its end.</param>
    /// <param name="variable">An environment variable's value; null where it is not set.</param>
    /// <param name="width">The console's columns.</param>
    public static Display Of(TextWriter writer, bool isConsole, Func<string, string?> variable, Func<int> width)
    {
        bool isTerminal = isConsole && variable("TERM") != "dumb";
        // https://no-color.org: set and not empty, whatever it says.
        bool hasColours = isTerminal && string.IsNullOrEmpty(variable("NO_COLOR"));
        bool isBuildServer = variable("CI") is { Length: > 0 } ci && !ci.Equals("false", StringComparison.OrdinalIgnoreCase) && ci != "0";
        return new Display(writer, isTerminal, hasColours, isBuildServer, () => Math.Max(width(), LeastWidth));
    }

    /// <summary>A display that keeps each line as it is: a file, a pipe, a text.</summary>
    public static Display Plain(TextWriter writer) => new(writer, IsTerminal: false, HasColours: false, IsBuildServer: false, () => AssumedWidth);

    /// <summary>Draws something, no wider than the display.</summary>
    public string Render(IRenderable drawn, int width)
    {
        using var text = new StringWriter { NewLine = Writer.NewLine };
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = HasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = HasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
            // They would look at the environment again, and decide otherwise.
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
