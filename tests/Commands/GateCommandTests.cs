namespace WorkerRpc.Tests.Commands;

public sealed class GateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("The option --base <REF> is missing.", "gate")]
    [InlineData("--pairs 3: expected 8 to 200 pairs", "gate", "--base", "HEAD", "--pairs", "3")]
    [InlineData("'--callers'", "gate", "--base", "HEAD", "--callers", "1,8")]
    [InlineData("'--payload-file'", "gate", "--base", "HEAD", "--payload-file", "orders.json")]
    [InlineData("No case matches 'carrier-pigeon/*'", "gate", "--base", "HEAD", "--filter", "carrier-pigeon/*")]
    [InlineData("--base 'no-such-branch': no such commit here", "gate", "--base", "no-such-branch")]
    public async Task Unusable_option_is_refused_before_any_build(string error, params string[] arguments)
    {
        Outcome outcome = await Outcome.OfAsync([.. arguments, "--artifacts", _folder.Root]);

        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains(error, outcome.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("building", outcome.Error, StringComparison.Ordinal);
    }
}
