using System.Globalization;
using System.Text.RegularExpressions;
using WorkerRpc.Bindings.Node;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Node;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>Runs the programs in the library's README, with only the port replaced, and checks its table of limits.</summary>
public sealed partial class ReadmeTests
{
    private const string Answer = "And, Hello, Ada!!";

    // The port in the README's programs.
    private const string Port = "5000";

    // A hang fails one test after this time instead of blocking the whole run.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    private static readonly string s_page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CapnWeb", "README.md"));

    [Fact]
    public async Task README_programs_work_together()
    {
        await NodePeer.RequireNodeAsync();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        await NodePackages.InstallAsync(NodePeer.Folder, limit.Token);
        // Created next to node_modules, so that Node finds the packages.
        string folder = Directory.CreateDirectory(Path.Combine(NodePeer.Folder, $"readme-{Guid.NewGuid():N}")).FullName;
        try
        {
            await AnswerAsync(
                port => StartCSharp(folder, "csharp server", port), port => StartNode(folder, "js client", port), limit.Token);
            await AnswerAsync(
                port => StartNode(folder, "js server", port), port => StartCSharp(folder, "csharp client", port), limit.Token);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void README_programs_are_short() => Assert.All(
        ["csharp server", "csharp client", "js server", "js client"],
        name => Assert.InRange(Block(name).Split('\n').Count(line => line.Length > 0), 1, 10));

    [Fact]
    public void README_lists_every_limit_with_its_default() => Assert.Equal(
        typeof(RpcLimits).GetProperties().Where(property => property.PropertyType == typeof(int) && property.CanWrite)
            .Select(property => string.Create(CultureInfo.InvariantCulture, $"{property.Name} {property.GetValue(RpcLimits.Default)}")),
        LimitRow().Matches(s_page).Select(row => $"{row.Groups["name"]} {row.Groups["value"]}"));

    /// <summary>Starts a server, waits for its port, and checks the answer that the client prints.</summary>
    private static async Task AnswerAsync(
        Func<string, NodeProcess> server, Func<string, NodeProcess> client, CancellationToken cancellation)
    {
        await using NodeProcess serving = server("0");
        await using NodeProcess asking = client(await ReadPortAsync(serving, cancellation));

        Assert.Equal(Answer, await asking.ReadLineAsync(cancellation));
        (int exitCode, string errors) = await asking.WaitForExitAsync(cancellation);
        Assert.True(exitCode == 0, errors);
    }

    private static NodeProcess StartNode(string folder, string block, string port)
    {
        string file = Path.Combine(folder, block.Replace(' ', '-') + ".mjs");
        File.WriteAllText(file, At(port, block));
        return NodeProcess.StartProgram(file);
    }

    private static NodeProcess StartCSharp(string folder, string block, string port) =>
        NodeProcess.Start("dotnet", [CSharpProgram.Build(folder, block.Replace(' ', '-'), At(port, block))], folder);

    // Kestrel can choose a free port for an IP address, but not for a host name.
    private static string At(string port, string block) =>
        Block(block).Replace(Port, port, StringComparison.Ordinal).Replace("localhost", "127.0.0.1", StringComparison.Ordinal);

    private static async Task<string> ReadPortAsync(NodeProcess server, CancellationToken cancellation)
    {
        while (true)
        {
            if (ListeningPort().Match(await server.ReadLineAsync(cancellation)) is { Success: true } line)
            {
                return line.Groups["port"].Value;
            }
        }
    }

    private static string Block(string name)
    {
        string fence = $"```{name}\n";
        int start = s_page.IndexOf(fence, StringComparison.Ordinal);
        Assert.True(start >= 0, $"The page has no block '{name}'.");
        start += fence.Length;
        return s_page[start..s_page.IndexOf("```", start, StringComparison.Ordinal)];
    }

    [GeneratedRegex(@"istening on.*?(?<port>\d+)$")]
    private static partial Regex ListeningPort();

    [GeneratedRegex(@"^\| `(?<name>Max\w+)` \| (?<value>\d+) ", RegexOptions.Multiline)]
    private static partial Regex LimitRow();
}
