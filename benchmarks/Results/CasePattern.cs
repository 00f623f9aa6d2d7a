using System.Text.RegularExpressions;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// A pattern for the short names of cases. It has to match the whole name and ignores case: <c>*</c> matches any text, <c>?</c> matches one
/// character.
/// </summary>
internal sealed class CasePattern(string text)
{
    private const string Any = "*";

    private readonly Regex _regex = new(
        "^" + Regex.Escape(text).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal) + "$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    public bool Matches(string name) => _regex.IsMatch(name);

    public override string ToString() => text;

    /// <summary>
    /// Returns the sentence <c>Did you mean 'pattern'?</c> with a space before it, for a pattern that matches no case: mistyped parts are
    /// corrected, and missing ones are <c>*</c>. Returns an empty text if no such pattern matches a case.
    /// </summary>
    public string Question(IReadOnlyCollection<CaseId> cases)
    {
        string[][] known =
        [
            [.. cases.Select(id => id.Method).Distinct()],
            [.. cases.Select(id => id.Function).Distinct()],
            [.. cases.Select(id => id.Payload).Distinct()],
        ];
        string[] given = text.Split('/');
        // A single word can be any of the three parts.
        IEnumerable<string[]> places = given.Length > 1 ? [[.. given, Any, Any]] : [[text, Any, Any], [Any, text, Any], [Any, Any, text]];
        string? meant = places.Select(parts => string.Join('/', parts.Zip(known, Corrected)))
            .FirstOrDefault(name => given.Length <= known.Length && cases.Any(id => new CasePattern(name).Matches(id.ToString())));
        return meant is null ? "" : $" Did you mean '{meant}'?";

        static string Corrected(string part, string[] names) =>
            part.AsSpan().ContainsAny('*', '?') ? part : NearestName.Of(part, names) ?? part;
    }
}
