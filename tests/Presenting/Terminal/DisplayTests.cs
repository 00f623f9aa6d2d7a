using WorkerRpc.Benchmarks.Presenting.Terminal;

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
    public void Environment_variables_decide_how_to_draw(
        bool isConsole, string? term, string? noColor, string? ci, bool isTerminal, bool hasColours, bool isBuildServer)
    {
        var variables = new Dictionary<string, string?> { ["TERM"] = term, ["NO_COLOR"] = noColor, ["CI"] = ci };

        var display = Display.Of(TextWriter.Null, isConsole, name => variables.GetValueOrDefault(name), () => 100);

        Assert.Equal((isTerminal, hasColours, isBuildServer), (display.IsTerminal, display.HasColours, display.IsBuildServer));
    }

    [Fact]
    public void Writer_of_text_is_no_terminal() => Assert.False(Display.Of(TextWriter.Null).IsTerminal);
}
