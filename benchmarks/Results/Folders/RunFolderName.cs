using System.Globalization;
using System.Text.RegularExpressions;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results.Folders;

/// <summary>
/// The name of a run's folder: start time, commit, and the kind or the user's name, such as <c>20260102T030405Z-0123456-before</c>. In
/// ordinal order of the names, the oldest run is first.
/// </summary>
/// <param name="StartedAt">The time at which the run started, in whole seconds.</param>
/// <param name="Ordinal">1, or a larger number if other runs started in the same second.</param>
/// <param name="Commit">The first digits of the measured commit, or null if the commit is unknown.</param>
/// <param name="Kind">The command that made the run.</param>
/// <param name="Name">The name that the user gave, or null.</param>
internal sealed partial record RunFolderName(DateTimeOffset StartedAt, int Ordinal, string? Commit, RunKind Kind, string? Name)
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    private const string UnknownCommit = "nocommit";
    private const int CommitDigits = 7;

    // These words mark the kind of a run, so they cannot be the name of a run.
    private static readonly Dictionary<string, RunKind> s_kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gate"] = RunKind.Gate,
        ["measure"] = RunKind.Measure,
    };

    /// <summary>Makes the name of a new run's folder.</summary>
    /// <param name="startedAt">The time at which the run started.</param>
    /// <param name="commit">The measured commit, or null if the commit is unknown.</param>
    /// <param name="kind">The command that makes the run.</param>
    /// <param name="name">The name that the user gave, or null.</param>
    public static RunFolderName Of(DateTimeOffset startedAt, string? commit, RunKind kind, string? name) =>
        new(startedAt, 1, commit is not null && Hash().IsMatch(commit) ? commit[..CommitDigits] : null, kind, name);

    /// <summary>Reads a folder's name. Returns null if the folder is no run's.</summary>
    public static RunFolderName? Parse(string folder)
    {
        Match match = Parts().Match(folder);
        if (!match.Success || !DateTimeOffset.TryParseExact(
                match.Groups["time"].Value,
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out DateTimeOffset startedAt))
        {
            return null;
        }

        string commit = match.Groups["commit"].Value;
        string? rest = match.Groups["rest"] is { Success: true, Value: var found } ? found : null;
        bool isKind = s_kinds.TryGetValue(rest ?? "", out RunKind kind);
        return new RunFolderName(
            startedAt,
            match.Groups["ordinal"] is { Success: true, Value: var number } ? int.Parse(number, CultureInfo.InvariantCulture) : 1,
            commit == UnknownCommit ? null : commit,
            kind,
            isKind ? null : rest);
    }

    /// <summary>Checks a name that the user gave to a run.</summary>
    /// <exception cref="UnusableInputException">The name cannot be part of a folder's name, or it is the name of a kind.</exception>
    public static string RequireName(string name, string option) => !Accepted().IsMatch(name) || s_kinds.ContainsKey(name)
        ? throw new UnusableInputException(
            $"{option} '{name}': expected 1 to 64 of the characters A-Z, a-z, 0-9, '.', '_' and '-', the first and the last of them "
            + $"a letter or a digit; not {string.Join(" or ", s_kinds.Keys)}.")
        : name;

    public override string ToString()
    {
        string? rest = Name ?? s_kinds.FirstOrDefault(pair => pair.Value == Kind).Key;
        return StartedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)
            + (Ordinal == 1 ? "" : FormattableString.Invariant($".{Ordinal}"))
            + $"-{Commit ?? UnknownCommit}"
            + (rest is null ? "" : $"-{rest}");
    }

    [GeneratedRegex(@"^[0-9a-f]{7,}\z")]
    private static partial Regex Hash();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?\z")]
    private static partial Regex Accepted();

    [GeneratedRegex(
        @"^(?<time>\d{8}T\d{6}Z)(\.(?<ordinal>[1-9]\d{0,5}))?"
        + @"-(?<commit>[0-9a-f]{7}|nocommit)(-(?<rest>[A-Za-z0-9._-]{1,64}))?\z")]
    private static partial Regex Parts();
}
