using System.Text.RegularExpressions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// A pattern for the short names of cases. It has to match the whole name and ignores case: <c>*</c> matches any text, <c>?</c> matches one
/// character.
/// </summary>
internal sealed class CasePattern(string text)
{
    private readonly Regex _regex = new(
        "^" + Regex.Escape(text).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public bool Matches(string name) => _regex.IsMatch(name);

    public override string ToString() => text;
}
