using System.Text.RegularExpressions;
using WorkerRpc.Benchmarks.Measuring.Builds;

namespace WorkerRpc.Tests.Docs;

/// <summary>One Markdown file of this repository.</summary>
internal sealed partial class MarkdownPage
{
    // Folders that are not committed or contain pages of other projects.
    private static readonly string[] s_skippedFolders = [".git", "bin", "obj", "node_modules", "TestResults", "results"];

    private MarkdownPage(string path)
    {
        Path = path;
        Lines = File.ReadAllText(FullPath).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        Blocks = [.. FindBlocks()];
    }

    /// <summary>Every Markdown file of the repository.</summary>
    public static IReadOnlyList<MarkdownPage> All { get; } =
        [.. Find(SourceState.Root).Order(StringComparer.Ordinal).Select(path => new MarkdownPage(path))];

    /// <summary>README, CONTRIBUTING and the pages under docs/.</summary>
    public static IEnumerable<MarkdownPage> Documentation =>
        All.Where(page => !page.Path.Contains('/', StringComparison.Ordinal) || page.Path.StartsWith("docs/", StringComparison.Ordinal));

    /// <summary>The path below the repository, with slashes.</summary>
    public string Path { get; }

    public string FullPath => System.IO.Path.Combine(SourceState.Root, Path);

    public IReadOnlyList<string> Lines { get; }

    /// <summary>The fenced code blocks.</summary>
    public IReadOnlyList<CodeBlock> Blocks { get; }

    /// <summary>The lines outside fenced code blocks, with their numbers.</summary>
    public IEnumerable<(int Number, string Text)> Prose =>
        from line in Lines.Select((text, index) => (Number: index + 1, Text: text))
        where !Blocks.Any(block => line.Number >= block.FirstLine - 1 && line.Number <= block.FirstLine + block.Lines.Count)
        select line;

    /// <summary>The anchors of the headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors => Prose.Select(line => Heading().Match(line.Text)).Where(match => match.Success)
        .Select(match => Anchor(match.Groups["text"].Value)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The targets of links and pictures, with the numbers of the lines on which the links end.</summary>
    public IEnumerable<(int Line, string Target)> Links =>
        from line in Prose
        from match in Link().Matches(CodeSpan().Replace(line.Text, "")).Concat(LinkDefinition().Matches(line.Text))
        select (line.Number, match.Groups["target"].Value);

    public static MarkdownPage Read(string path) => All.Single(page => page.Path == path);

    /// <summary>The lines of the section under a heading, up to the next heading of any level.</summary>
    public IEnumerable<string> Section(string heading) => Lines.SkipWhile(line => line.TrimStart('#', ' ') != heading).Skip(1)
        .TakeWhile(line => !Heading().IsMatch(line));

    public override string ToString() => Path;

    private static string Anchor(string heading) =>
        NotInAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    private static IEnumerable<string> Find(string folder) =>
        Directory.EnumerateFiles(folder, "*.md").Select(file => System.IO.Path.GetRelativePath(SourceState.Root, file).Replace('\\', '/'))
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(inner => !s_skippedFolders.Contains(System.IO.Path.GetFileName(inner))).SelectMany(Find));

    private IEnumerable<CodeBlock> FindBlocks()
    {
        for (int index = 0; index < Lines.Count; index++)
        {
            if (Fence().Match(Lines[index]) is { Success: true } fence)
            {
                int first = index + 1;
                index = first;
                while (index < Lines.Count && !Lines[index].TrimStart().StartsWith("```", StringComparison.Ordinal))
                {
                    index++;
                }

                yield return new CodeBlock(fence.Groups["info"].Value, first + 1, [.. Lines.Skip(first).Take(index - first)]);
            }
        }
    }

    [GeneratedRegex("^ *```(?<info>.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex("^#{1,6} (?<text>.*)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\[[^\]]+\]: (?<target>\S+)$")]
    private static partial Regex LinkDefinition();

    [GeneratedRegex(@"(?<!\[)`[^`]*`(?!\])")]
    private static partial Regex CodeSpan();
}

/// <summary>A fenced code block.</summary>
/// <param name="Info">Text after the opening fence, such as the language.</param>
/// <param name="FirstLine">Number of the block's first line in the page.</param>
/// <param name="Lines">Lines of the block.</param>
internal sealed record CodeBlock(string Info, int FirstLine, IReadOnlyList<string> Lines)
{
    public string Text => string.Join('\n', Lines);
}
