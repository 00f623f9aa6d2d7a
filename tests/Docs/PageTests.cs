using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Tests.Docs;

/// <summary>Checks every page of the documentation: its links, the length of its lines, and names of code.</summary>
public sealed partial class PageTests
{
    private const int MaxColumns = 140;
    private const int MaxReadmeLines = 200;

    private static readonly string[] s_sourceFiles = ["*.cs", "*.props", "*.csproj", "*.yml"];

    [Fact]
    public void Relative_links_point_to_files_and_headings()
    {
        string[] broken =
        [
            .. from page in MarkdownPage.All
               from link in page.Links
               where !link.Target.Contains("://", StringComparison.Ordinal) && !Resolves(page, link.Target)
               select $"{page}:{link.Line} {link.Target}",
        ];

        Assert.Empty(broken);
    }

    [Fact]
    public void Pages_that_code_names_exist()
    {
        string[] missing =
        [
            .. from folder in new[] { "benchmarks", "studies", "workers", "tests", ".github" }
               from pattern in s_sourceFiles
               from file in Directory.EnumerateFiles(Path.Combine(SourceState.Root, folder), pattern, SearchOption.AllDirectories)
                   .Concat(folder == "benchmarks" ? Directory.EnumerateFiles(SourceState.Root, pattern) : [])
               where !BuildFolder().IsMatch(file)
               from Match match in PageName().Matches(File.ReadAllText(file))
               where !File.Exists(Path.Combine(SourceState.Root, match.Value))
               select $"{Path.GetRelativePath(SourceState.Root, file)}: {match.Value}",
        ];

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_page_is_in_the_index()
    {
        HashSet<string> linked = [.. MarkdownPage.Read("docs/README.md").Links.Select(link => link.Target)];

        Assert.All(
            MarkdownPage.All.Where(page => page.Path.StartsWith("docs/", StringComparison.Ordinal) && page.Path != "docs/README.md"),
            page => Assert.Contains(Path.GetFileName(page.Path), linked));
    }

    [Fact]
    public void Readme_has_at_most_200_lines() => Assert.InRange(MarkdownPage.Read("README.md").Lines.Count, 1, MaxReadmeLines);

    [Fact]
    public void Lines_have_at_most_140_columns() => Assert.Empty(
        from page in MarkdownPage.Documentation
        from line in page.Lines.Select((text, index) => (Number: index + 1, Text: text))
        where line.Text.Length > MaxColumns
        select $"{page}:{line.Number}");

    [Fact]
    public void Methods_page_names_every_method_of_its_own_row()
    {
        string page = string.Join('\n', MarkdownPage.Read("docs/methods.md").Lines);

        Assert.All(
            BindingCatalog.BuiltIn.All.Where(binding => !binding.Tags.Any(tag => tag is BindingTags.Reference or BindingTags.Remedy)),
            binding => Assert.Contains($"| `{binding.Id}` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Methods_page_has_the_profiles_numbers()
    {
        string page = string.Join('\n', MarkdownPage.Read("docs/methods.md").Lines).Replace(" 000 |", "000 |", StringComparison.Ordinal);

        Assert.All(
            Profile.All,
            profile => Assert.Matches(
                FormattableString.Invariant($@"\| `{profile.Name}`[^|]*\| {profile.Launches} \| {profile.Calls} \|"), page));
    }

    [Fact]
    public void Frames_that_the_profiling_page_names_exist()
    {
        string page = string.Join('\n', MarkdownPage.Read("docs/profiling.md").Lines);
        Match loop = TimedLoop().Match(page);
        Type? type = typeof(ProgramCommands).Assembly.GetType(loop.Groups["type"].Value);

        Assert.NotNull(type);
        Match frame = StateMachine().Match(page);
        Assert.Equal(type.Name, frame.Groups["type"].Value);
        Assert.NotNull(type.GetNestedType(frame.Groups["machine"].Value, System.Reflection.BindingFlags.NonPublic));
    }

    private static bool Resolves(MarkdownPage page, string target)
    {
        string[] parts = target.Split('#', 2);
        string folder = Path.GetDirectoryName(page.FullPath)!;
        string path = Path.GetFullPath(parts[0].Length == 0 ? page.FullPath : Path.Combine(folder, parts[0]));
        return Path.Exists(path)
            && (parts.Length == 1
                || MarkdownPage.All.FirstOrDefault(other => Path.GetFullPath(other.FullPath) == path)?.Anchors.Contains(parts[1]) == true);
    }

    [GeneratedRegex(@"[/\\](bin|obj|node_modules)[/\\]")]
    private static partial Regex BuildFolder();

    // A docs/ after a slash belongs to an address of another site, so it does not match.
    [GeneratedRegex(@"(?<![/\w])docs/[\w-]+\.md\b")]
    private static partial Regex PageName();

    [GeneratedRegex(@"`(?<type>WorkerRpc\.[\w.]+)\.LoopAsync`")]
    private static partial Regex TimedLoop();

    [GeneratedRegex(@"`(?<type>\w+)\+(?<machine><LoopAsync>\w+)\.MoveNext\(\)`")]
    private static partial Regex StateMachine();
}
