namespace WorkerRpc.Tests.Docs;

public class ShellLineTests
{
    [Theory]
    [InlineData("dotnet run -- --filter 'a b' \"c d\"  # says why", "dotnet·run·--·--filter·a b·c d")]
    [InlineData("cd benchmarks && dotnet run", "cd·benchmarks", "dotnet·run")]
    [InlineData("head -c 5 /dev/zero | curl x; git status || return 1", "head·-c·5·/dev/zero", "curl·x", "git·status", "return·1")]
    [InlineData("A=1 B_2=x dotnet run > out 2>&1 < in", "dotnet·run")]
    [InlineData("dotnet test >> log", "dotnet·test")]
    [InlineData("curl 'http://x/?a=1&b=2'", "curl·http://x/?a=1&b=2")]
    public void Line_is_read_as_commands(string line, params string[] commands) => Assert.Equal(
        commands,
        Assert.Single(ShellLine.Parse([line], 1)).Commands.Select(command => string.Join('·', command.Words.Select(word => word.Text))));

    [Fact]
    public void Continued_lines_are_one_with_the_number_of_the_first()
    {
        ShellLine[] lines = [.. ShellLine.Parse(["# only a comment", "dotnet run \\", "  --list", "", "git status"], 10)];

        Assert.Equal([(11, "dotnet run --list"), (14, "git status")], lines.Select(line => (line.Number, line.Text)));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("a*", true)]
    [InlineData("'*'", false)]
    [InlineData("\"a*\"", false)]
    public void Only_a_star_outside_quotes_is_a_wildcard(string word, bool isWildcard) =>
        Assert.Equal(isWildcard, Assert.Single(ShellLine.Parse([word], 1)).Commands[0].Words[0].HasWildcard);
}
