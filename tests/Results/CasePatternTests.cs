using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Results;

public class CasePatternTests
{
    [Property(Arbitrary = [typeof(PatternsAndNames)], MaxTest = 500)]
    public void Pattern_matches_whole_names_by_stars_and_question_marks(PatternAndName given) =>
        Assert.Equal(Matches(given.Pattern, given.Name), new CasePattern(given.Pattern).Matches(given.Name));

    [Property(Arbitrary = [typeof(PatternsAndNames)], MaxTest = 50)]
    public void Name_matches_itself_and_patterns_with_stars(PatternAndName given)
    {
        Assert.True(new CasePattern(given.Name).Matches(given.Name.ToUpperInvariant()));
        for (int from = 0; from <= given.Name.Length; from++)
        {
            Assert.True(new CasePattern(given.Name[..from] + "*").Matches(given.Name));
            Assert.True(new CasePattern("*" + given.Name[from..]).Matches(given.Name));
        }
    }

    [Fact]
    public void Many_stars_do_not_slow_matching() =>
        // A backtracking matcher takes exponential time for this pattern.
        Assert.False(new CasePattern(string.Concat(Enumerable.Repeat("*a", 30)) + "b").Matches(new string('a', 2_000)));

    [Fact]
    public void ToString_returns_the_pattern() => Assert.Equal("*/echo/1KB", new CasePattern("*/echo/1KB").ToString());

    // The definition of a pattern, by recursion instead of a regular expression.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (pattern.IsEmpty)
        {
            return name.IsEmpty;
        }

        return pattern[0] == '*'
            ? Matches(pattern[1..], name) || (!name.IsEmpty && Matches(pattern, name[1..]))
            : !name.IsEmpty
                && (pattern[0] == '?' || char.ToLowerInvariant(pattern[0]) == char.ToLowerInvariant(name[0]))
                && Matches(pattern[1..], name[1..]);
    }
}

/// <summary>A pattern and a name that it often matches.</summary>
public sealed record PatternAndName(string Pattern, string Name);

public static class PatternsAndNames
{
    // Few letters, so that names often match, and characters with a meaning in regular expressions.
    private static readonly char[] s_nameCharacters = [.. "aAbB1/-.+()[\\$^|"];

    public static Arbitrary<PatternAndName> All() => Arb.From(
        from name in Text(Gen.Elements(s_nameCharacters))
        from pattern in Gen.OneOf(
            Text(Gen.Elements([.. s_nameCharacters, '*', '?'])),
            Gen.ArrayOf(Gen.Choose(0, 3), name.Length).Select(choices => string.Concat(name.Zip(choices, (c, choice) => choice switch
            {
                0 => "*",
                1 => "?",
                2 => char.ToUpperInvariant(c).ToString(),
                _ => c.ToString(),
            }))))
        select new PatternAndName(pattern, name));

    private static Gen<string> Text(Gen<char> letter) =>
        from length in Gen.Choose(0, 8)
        from letters in Gen.ArrayOf(letter, length)
        select new string(letters);
}
