using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Builds;

/// <summary>
/// The sides that a gate compares: the base is a commit, the head is the user's work tree in its current state, and an older
/// release may be a third side. They are checked out as git worktrees in the temporary folder. The user's own work tree is not
/// changed.
/// </summary>
internal sealed class Worktrees : IAsyncDisposable
{
    /// <summary>The option with which a user allows a comparison of two sides whose measuring code differs.</summary>
    public const string AllowMeasuringChanges = "--allow-measuring-changes";

    /// <summary>
    /// The paths of the measuring code. If this code differs between the two sides, their figures may differ even if their workers
    /// are equal.
    /// </summary>
    internal static readonly IReadOnlyList<string> MeasuringCode =
    [
        "benchmarks/Measuring/Pairs/TurnProtocol.cs", "benchmarks/Measuring/Pairs/TurnHost.cs", "benchmarks/Measuring/Pairs/SlowedStub.cs",
        "benchmarks/Measuring/Pairs/OneProcessor.cs", "benchmarks/Measuring/Hosting", "benchmarks/Measuring/CaseSetup.cs",
        "benchmarks/Measuring/LatencyPass.cs", "benchmarks/Measuring/CallRecorder.cs", "benchmarks/Results/Statistics/Histograms.cs",
        "workers/Functions/PayloadSize.cs", "workers/Functions/PayloadKind.cs", "workers/Functions/PayloadText.cs",
    ];

    private const int MaxNamed = 10;

    // The folders of the sides. Their names have the same length.
    private static readonly string[] s_sides = ["base", "head", "last"];

    private readonly string _repository;
    private readonly string _temporary;
    private readonly string _prefix;

    private Worktrees(string repository, string prefix, string temporary) =>
        (_repository, _prefix, _temporary) = (repository, prefix, temporary);

    /// <summary>The base's commit.</summary>
    public required string BaseCommit { get; init; }

    /// <summary>The commit that the work tree is based on.</summary>
    public required string HeadCommit { get; init; }

    /// <summary>Whether the work tree differs from the head's commit.</summary>
    public required bool Dirty { get; init; }

    /// <summary>The files that git does not track. They are not part of the head, so its build does not include them.</summary>
    public required IReadOnlyList<string> Untracked { get; init; }

    /// <summary>
    /// Files with measuring code that differ between the two sides. The list is empty unless the user allowed such a comparison.
    /// </summary>
    public required IReadOnlyList<string> MeasuringChanges { get; init; }

    /// <summary>The commit of an older release that the head is also compared with. Null if there is none.</summary>
    public string? ReleaseCommit { get; init; }

    /// <summary>
    /// Files with measuring code that differ between the head and the older release. If there are any, the release is not measured.
    /// </summary>
    public IReadOnlyList<string> ReleaseChanges { get; init; } = [];

    /// <summary>Warnings about the sides, for the reader of the comparison.</summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Untracked.Count > 0
            ? [$"not part of the head, because git does not know them: {Names(Untracked)}; `git add` takes them in"]
            : Array.Empty<string>(),
        .. MeasuringChanges.Count > 0
            ? [$"measuring code differs between base and head, so a change may come from it: {Names(MeasuringChanges)}"]
            : Array.Empty<string>(),
        .. ReleaseChanges.Count > 0
            ? [$"not compared with {ReleaseCommit![..10]}, because measuring code differs: {Names(ReleaseChanges)}"]
            : Array.Empty<string>(),
    ];

    /// <summary>A short name of the base.</summary>
    public string BaseName => BaseCommit[..10];

    /// <summary>A short name of the head.</summary>
    public string HeadName => HeadCommit[..10] + (Dirty ? " with uncommitted changes" : "");

    /// <summary>The path of the base's copy of the project.</summary>
    /// <remarks>
    /// The paths of base and head have the same length, because a longer path can move code and data in memory and so change
    /// figures.
    /// </remarks>
    public string Base => Path.Combine(_temporary, "base", _prefix);

    /// <summary>The path of the head's copy of the project.</summary>
    public string Head => Path.Combine(_temporary, "head", _prefix);

    /// <summary>The path of the older release's copy of the project. Null if no release is measured.</summary>
    public string? Release => ReleaseCommit is null || ReleaseChanges.Count > 0 ? null : Path.Combine(_temporary, "last", _prefix);

    /// <summary>Checks out the sources of all sides.</summary>
    /// <param name="project">The project's folder in the repository.</param>
    /// <param name="baseRef">A git revision for the base.</param>
    /// <param name="releaseRef">A git revision for the older release; null for none.</param>
    /// <param name="allowMeasuringChanges">Whether a difference in measuring code between the sides is accepted.</param>
    /// <param name="interrupted">The token that kills a running git command.</param>
    /// <exception cref="UnusableInputException">
    /// The commit does not exist, the measuring code differs although that is not allowed, or a worktree cannot be created.
    /// </exception>
    public static async Task<Worktrees> CreateAsync(
        string project, string baseRef, string? releaseRef, bool allowMeasuringChanges, CancellationToken interrupted)
    {
        var git = new Git(project, interrupted);
        string repository = await RequireAsync(git, $"{project} is in no git repository", "rev-parse", "--show-toplevel");
        string prefix = await RequireAsync(git, $"{project} is in no git repository", "rev-parse", "--show-prefix");
        string headCommit = await RequireAsync(
            git, "The repository has no commit yet", "rev-parse", "--verify", "--quiet", "HEAD^{commit}");
        string baseCommit = await CommitOfAsync(git, "--base", baseRef);
        string? releaseCommit = releaseRef is null ? null : await CommitOfAsync(git, "--against", releaseRef);
        // Creates a commit of the uncommitted changes, to which no branch refers. If there are no changes, git creates no commit and
        // prints nothing.
        string stash = await RequireAsync(git, "git could not take the work tree as it is now", "stash", "create");
        string head = stash.Length > 0 ? stash : headCommit;
        string[] measuringChanges = await MeasuringChangesBetweenAsync(git, baseCommit, head);
        if (!allowMeasuringChanges)
        {
            await RequireSameMeasuringCodeAsync(git, prefix, baseRef, baseCommit, measuringChanges);
        }

        string[] releaseChanges = releaseCommit is null || allowMeasuringChanges
            ? []
            : await MeasuringChangesBetweenAsync(git, releaseCommit, head);

        string untracked = await RequireAsync(git, "git could not list the work tree", "ls-files", "--others", "--exclude-standard");
        var trees = new Worktrees(repository, prefix, MakeTemporary())
        {
            BaseCommit = baseCommit,
            HeadCommit = headCommit,
            Dirty = stash.Length > 0,
            MeasuringChanges = measuringChanges,
            ReleaseCommit = releaseCommit,
            ReleaseChanges = releaseChanges,
            Untracked = Lines(untracked),
        };
        try
        {
            await trees.AddAsync("base", baseCommit, interrupted);
            await trees.AddAsync("head", head, interrupted);
            if (trees.Release is not null)
            {
                await trees.AddAsync("last", releaseCommit!, interrupted);
            }

            return trees;
        }
        catch
        {
            await trees.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // These commands cannot be cancelled: also after an interruption, git must remove the worktrees from its list.
        var git = new Git(_repository, CancellationToken.None);
        foreach (string side in s_sides.Where(side => Directory.Exists(Path.Combine(_temporary, side))))
        {
            await git.RunAsync("worktree", "remove", "--force", Path.Combine(_temporary, side));
        }

        if (Directory.Exists(_temporary))
        {
            Directory.Delete(_temporary, recursive: true);
        }

        await git.RunAsync("worktree", "prune");
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

    private Task<string> AddAsync(string side, string commit, CancellationToken interrupted) => RequireAsync(
        new Git(_repository, interrupted), $"No worktree of {commit[..10]} can be made in {_temporary}",
        "worktree", "add", "--quiet", "--detach", Path.Combine(_temporary, side), commit);

    private static async Task<string> CommitOfAsync(Git git, string option, string given)
    {
        GitAnswer commit = await git.RunAsync("rev-parse", "--verify", "--quiet", "--end-of-options", given + "^{commit}");
        if (commit.Succeeded)
        {
            return commit.Output;
        }

        bool shallow = (await git.RunAsync("rev-parse", "--is-shallow-repository")).Output == "true";
        bool detached = !(await git.RunAsync("symbolic-ref", "--quiet", "HEAD")).Succeeded;
        GitAnswer refs = await git.RunAsync("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes", "refs/tags");
        string[] known = Lines(refs.Output);
        throw new UnusableInputException($"{option} '{given}': no such commit here."
            + (shallow
                ? $" This is a shallow clone: git fetch --unshallow origin, or git fetch origin {given} and {option} FETCH_HEAD."
                : "")
            + (detached && !shallow
                ? $" HEAD is detached, so a branch may be missing: git fetch origin {given}, and {option} FETCH_HEAD."
                : "")
            + (known.Length > 0 ? $" There are: {string.Join(", ", known)}." : ""));
    }

    private static async Task<string[]> MeasuringChangesBetweenAsync(Git git, string baseCommit, string head) => Lines(await RequireAsync(
        git, "git could not compare the two commits", ["diff", "--name-only", "--relative", baseCommit, head, "--", .. MeasuringCode]));

    private static async Task RequireSameMeasuringCodeAsync(Git git, string prefix, string baseRef, string baseCommit, string[] changes)
    {
        if (!(await git.RunAsync("cat-file", "-e", $"{baseCommit}:{prefix}{MeasuringCode[0]}")).Succeeded)
        {
            throw new UnusableInputException(
                $"--base '{baseRef}' ({baseCommit[..10]}) predates the gate: it has no {MeasuringCode[0]}, "
                + "so its calls cannot be measured in turns. "
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
        string.Join(", ", files.Take(MaxNamed))
        + (files.Count > MaxNamed ? FormattableString.Invariant($" and {files.Count - MaxNamed} more") : "");

    private static async Task<string> RequireAsync(Git git, string otherwise, params IEnumerable<string> arguments)
    {
        GitAnswer answer = await git.RunAsync(arguments);
        string reason = answer.Error.Length > 0 ? ": " + answer.Error.ReplaceLineEndings(" ").TrimEnd('.') : "";
        return answer.Succeeded ? answer.Output : throw new UnusableInputException($"{otherwise}{reason}.");
    }

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
