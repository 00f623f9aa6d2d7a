using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Tests.Presenting.Terminal;

public class DisplayTests
{
    [Theory]
    [InlineData(true, null, null, null, true, true, false)]
    [InlineData(false, null, null, null, false, false, false)]
    [InlineData(true, "dumb", null, null, false, false, false)]
    [InlineData(true, "xterm", "1", null, true, false, false)]
    [InlineData(true, "xterm", "0", null, true, false, false)]
    [InlineData(true, "xterm", "", null, true, true, false)]
    [InlineData(false, "xterm", null, "true", false, false, true)]
    [InlineData(true, "xterm", null, "1", true, true, true)]
    [InlineData(false, "xterm", null, "false", false, false, false)]
    [InlineData(false, "xterm", null, "0", false, false, false)]
    [InlineData(false, "xterm", null, "", false, false, false)]
    public void The_environments_conventions_decide(bool isConsole, string? term, string? noColor, string? ci, bool isTerminal, bool hasColours, bool isBuildServer)
    {
        var variables = new Dictionary<string, string?> { ["TERM"] = term, ["NO_COLOR"] = noColor, ["CI"] = ci };

        var display = Display.Of(TextWriter.Null, isConsole, name => variables.GetValueOrDefault(name), () => 100);

        Assert.Equal((isTerminal, hasColours, isBuildServer), (display.IsTerminal, display.HasColours, display.IsBuildServer));
    }

    [Fact]
    public void A_text_is_no_terminal_whatever_the_process_has() => Assert.False(Display.Of(TextWriter.Null).IsTerminal);

    [Theory]
    [InlineData("service-binding/echo/1KB, µs – 漢字 🙂", "service-binding/echo/1KB, µs – 漢字 🙂")]
    [InlineData("a\u001b[2Jb\r\nc\u0007\u009b", "a\uFFFD[2Jb\uFFFD\uFFFDc\uFFFD\uFFFD")]
    [InlineData("gnp.\u202eexe\u2028\u200b", "gnp.\uFFFDexe\uFFFD\uFFFD")]
    public void What_a_terminal_would_obey_is_marked_and_the_rest_shown(string text, string shown) => Assert.Equal(shown, Printable.Of(text));
}
