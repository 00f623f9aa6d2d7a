using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// The two sides of a gate as git worktrees in the temporary folder: a commit, and the work tree as it is now. The
/// work tree itself is read and never touched.
/// </summary>
internal sealed class Worktrees : IDisposable
{
    /// <summary>The option by which a user allows a comparison although measuring code differs.</summary>
    public const string AllowMeasuringChanges = "--allow-measuring-changes";

    // The code that decides how a measuring process measures. Where it differs, figures may differ although the workers do not.
    private static readonly string[] s_measuringCode =
    [
        "benchmarks/Measuring/Pairs/TurnProtocol.cs", "benchmarks/Measuring/Pairs/TurnHost.cs", "benchmarks/Measuring/Pairs/SlowedStub.cs",
        "benchmarks/Measuring/Pairs/OneProcessor.cs", "benchmarks/Measuring/Hosting", "benchmarks/Measuring/LatencyPass.cs",
        "benchmarks/Measuring/CallRecorder.cs", "benchmarks/Results/Statistics/Histograms.cs",
    ];

    private const int MaxNamed = 10;

    private readonly string _repository;
    private readonly string _temporary;
    private readonly string _prefix;

    private Worktrees(string repository, string prefix, string temporary) =>
        (_repository, _prefix, _temporary) = (repository, prefix, temporary);

    /// <summary>The base's commit.</summary>
    public required string BaseCommit { get; init; }

    /// <summary>The commit that the work tree stands on.</summary>
    public required string HeadCommit { get; init; }

    /// <summary>Whether the work tree differs from it.</summary>
    public required bool Dirty { get; init; }

    /// <summary>Files that git does not know: they are not part of the head.</summary>
    public required IReadOnlyList<string> Untracked { get; init; }

    /// <summary>Files with measuring code that differ between the two sides. Empty unless the user allowed such a comparison.</summary>
    public required IReadOnlyList<string> MeasuringChanges { get; init; }

    /// <summary>What a reader of the comparison has to know about the two sides.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Untracked.Count > 0 ? [$"not part of the head, because git does not know them: {Names(Untracked)}; `git add` takes them in"] : Array.Empty<string>(),
        .. MeasuringChanges.Count > 0 ? [$"measuring code differs between base and head, so a change may come from it: {Names(MeasuringChanges)}"] : Array.Empty<string>(),
    ];

    /// <summary>The base in a few words.</summary>
    public string BaseName => BaseCommit[..10];

    /// <summary>The head in a few words.</summary>
    public string HeadName => HeadCommit[..10] + (Dirty ? " with uncommitted changes" : "");

    /// <summary>The base's copy of the project.</summary>
    // Names of one length: a path's length alone can move code and data.
    public string Base => Path.Combine(_temporary, "base", _prefix);

    /// <summary>The head's copy of the project.</summary>
    public string Head => Path.Combine(_temporary, "head", _prefix);

    /// <summary>Checks both sides out.</summary>
    /// <param name="project">A folder in the repository: the project's.</param>
    /// <param name="baseRef">What git knows the base by.</param>
    /// <param name="allowMeasuringChanges">Whether to go on where measuring code differs between the two sides.</param>
    /// <exception cref="UnusableInputException">
    /// There is no such commit, measuring code differs and that is not allowed, or the worktree cannot be made.
    /// </exception>
    public static Worktrees Create(string project, string baseRef, bool allowMeasuringChanges = false)
    {
        string repository = Require(project, $"{project} is in no git repository", "rev-parse", "--show-toplevel");
        string prefix = Require(project, $"{project} is in no git repository", "rev-parse", "--show-prefix");
        string headCommit = Require(project, "The repository has no commit yet", "rev-parse", "--verify", "--quiet", "HEAD^{commit}");
        string baseCommit = CommitOf(project, baseRef);
        // A commit that nothing refers to; of a clean work tree there is none.
        string stash = Require(project, "git could not take the work tree as it is now", "stash", "create");
        string head = stash.Length > 0 ? stash : headCommit;
        string[] measuringChanges = MeasuringChangesBetween(project, baseCommit, head);
        if (!allowMeasuringChanges)
        {
            RequireSameMeasuringCode(project, prefix, baseRef, baseCommit, measuringChanges);
        }

        var trees = new Worktrees(repository, prefix, MakeTemporary())
        {
            BaseCommit = baseCommit,
            HeadCommit = headCommit,
            Dirty = stash.Length > 0,
            MeasuringChanges = measuringChanges,
            Untracked = Lines(Require(project, "git could not list the work tree", "ls-files", "--others", "--exclude-standard")),
        };
        try
        {
            trees.Add("base", baseCommit);
            trees.Add("head", head);
            return trees;
        }
        catch
        {
            trees.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (string side in new[] { "base", "head" })
        {
            Git.Run(_repository, "worktree", "remove", "--force", Path.Combine(_temporary, side));
        }

        if (Directory.Exists(_temporary))
        {
            Directory.Delete(_temporary, recursive: true);
        }

        Git.Run(_repository, "worktree", "prune");
    }

    private static string MakeTemporary()
    {
        try
        {
            return Directory.CreateTempSubdirectory("workerrpc-gate-").FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"No worktree can be made in the temporary folder {Path.GetTempPath()}: {e.Message}", e);
        }
    }

    private void Add(string side, string commit) => Require(
        _repository, $"No worktree of {commit[..10]} can be made in {_temporary}",
        "worktree", "add", "--quiet", "--detach", Path.Combine(_temporary, side), commit);

    private static string CommitOf(string project, string given)
    {
        if (Git.Run(project, "rev-parse", "--verify", "--quiet", "--end-of-options", given + "^{commit}") is { Succeeded: true, Output: var commit })
        {
            return commit;
        }

        bool shallow = Git.Run(project, "rev-parse", "--is-shallow-repository").Output == "true";
        bool detached = !Git.Run(project, "symbolic-ref", "--quiet", "HEAD").Succeeded;
        string[] known = Lines(Git.Run(project, "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags").Output);
        throw new UnusableInputException($"--base '{given}': no such commit here."
            + (shallow ? $" This is a shallow clone: git fetch --unshallow origin, or git fetch origin {given} and --base FETCH_HEAD." : "")
            + (detached && !shallow ? $" HEAD is detached, so a branch may be missing: git fetch origin {given}, and --base FETCH_HEAD." : "")
            + (known.Length > 0 ? $" There are: {string.Join(", ", known)}." : ""));
    }

    private static string[] MeasuringChangesBetween(string project, string baseCommit, string head) => Lines(Require(
        project, "git could not compare the two commits", ["diff", "--name-only", "--relative", baseCommit, head, "--", .. s_measuringCode]));

    private static void RequireSameMeasuringCode(string project, string prefix, string baseRef, string baseCommit, string[] changes)
    {
        if (!Git.Run(project, "cat-file", "-e", $"{baseCommit}:{prefix}{s_measuringCode[0]}").Succeeded)
        {
            throw new UnusableInputException(
                $"--base '{baseRef}' ({baseCommit[..10]}) predates the gate: it has no {s_measuringCode[0]}, so its calls cannot be measured in turns. "
                + $"If the folder was only moved since, {AllowMeasuringChanges} compares all the same.");
        }

        if (changes.Length > 0)
        {
            throw new UnusableInputException(
                $"What measures differs between --base '{baseRef}' ({baseCommit[..10]}) and the work tree: {Names(changes)}. "
                + "A change of the workers could not be told from it. Commit such changes by themselves, and take that commit as the base. "
                + $"{AllowMeasuringChanges} compares all the same, and the report says so.");
        }
    }

    private static string Names(IReadOnlyList<string> files) =>
        string.Join(", ", files.Take(MaxNamed)) + (files.Count > MaxNamed ? FormattableString.Invariant($" and {files.Count - MaxNamed} more") : "");

    private static string Require(string folder, string otherwise, params IEnumerable<string> arguments)
    {
        GitAnswer answer = Git.Run(folder, arguments);
        return answer.Succeeded
            ? answer.Output
            : throw new UnusableInputException($"{otherwise}{(answer.Error.Length > 0 ? ": " + answer.Error.ReplaceLineEndings(" ").TrimEnd('.') : "")}.");
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
