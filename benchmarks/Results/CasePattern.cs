using System.Text.RegularExpressions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// A pattern that matches whole case names, ignoring upper and lower case: <c>*</c> is any text, <c>?</c> is one character.
/// </summary>
internal sealed class CasePattern(string text)
{
    private readonly Regex _regex = new(
        "^" + Regex.Escape(text).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public bool Matches(string name) => _regex.IsMatch(name);

    public override string ToString() => text;
}
