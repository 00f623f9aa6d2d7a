using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Results;

public class CasePatternTests
{
    [Property(Arbitrary = [typeof(PatternsAndNames)], MaxTest = 500)]
    public void A_pattern_matches_whole_names_by_its_stars_and_question_marks_alone(PatternAndName given) =>
        Assert.Equal(Matches(given.Pattern, given.Name), new CasePattern(given.Pattern).Matches(given.Name));

    [Property(Arbitrary = [typeof(PatternsAndNames)], MaxTest = 50)]
    public void A_name_matches_itself_in_any_case_and_every_pattern_that_has_a_star_for_a_part_of_it(PatternAndName given)
    {
        Assert.True(new CasePattern(given.Name).Matches(given.Name.ToUpperInvariant()));
        for (int from = 0; from <= given.Name.Length; from++)
        {
            Assert.True(new CasePattern(given.Name[..from] + "*").Matches(given.Name));
            Assert.True(new CasePattern("*" + given.Name[from..]).Matches(given.Name));
        }
    }

    [Fact]
    public void Many_stars_over_a_long_name_take_no_longer_than_any_other_pattern() =>
        // A backtracking matcher would not come back.
        Assert.False(new CasePattern(string.Concat(Enumerable.Repeat("*a", 30)) + "b").Matches(new string('a', 2_000)));

    [Fact]
    public void A_pattern_is_shown_as_it_was_given() => Assert.Equal("*/echo/1KB", new CasePattern("*/echo/1KB").ToString());

    // By definition, without regular expressions.
    private static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        if (pattern.IsEmpty)
        {
            return name.IsEmpty;
        }

        return pattern[0] == '*'
            ? Matches(pattern[1..], name) || (!name.IsEmpty && Matches(pattern, name[1..]))
            : !name.IsEmpty && (pattern[0] == '?' || char.ToLowerInvariant(pattern[0]) == char.ToLowerInvariant(name[0])) && Matches(pattern[1..], name[1..]);
    }
}

/// <summary>A pattern and a name that it often matches.</summary>
public sealed record PatternAndName(string Pattern, string Name);

public static class PatternsAndNames
{
    // Few letters, so that names match; the others mean something in a regular expression.
    private static readonly char[] s_ofNames = [.. "aAbB1/-.+()[\\$^|"];

    public static Arbitrary<PatternAndName> All() => Arb.From(
        from name in Text(Gen.Elements(s_ofNames))
        from pattern in Gen.OneOf(
            Text(Gen.Elements([.. s_ofNames, '*', '?'])),
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
