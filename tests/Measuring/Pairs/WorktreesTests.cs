using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Measuring.Pairs;

public sealed class WorktreesTests : IDisposable
{
    private const string Harness = "benchmarks/Measuring/Pairs/TurnProtocol.cs";

    private readonly TemporaryFolder _folder = new();

    private string Repository => _folder.File("repository");

    public WorktreesTests()
    {
        Directory.CreateDirectory(Repository);
        RequireGit("init", "--quiet", "--initial-branch=main");
        Write("worker.cs", "before");
        Commit("without the gate");
        Write(Harness, "protocol");
        Commit("with the gate");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_head_is_the_work_tree_as_it_is_and_the_work_tree_stays_as_it_is()
    {
        Write("worker.cs", "after");
        Write("staged.cs", "staged");
        RequireGit("add", "staged.cs");
        Write("untracked.cs", "not added");
        string before = RequireGit("status", "--porcelain");
        string temporary;
        using (var trees = Worktrees.Create(Repository, "HEAD"))
        {
            temporary = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(trees.Base))!;
            Assert.Equal(("before", "after", "staged"), (Read(trees.Base, "worker.cs"), Read(trees.Head, "worker.cs"), Read(trees.Head, "staged.cs")));
            Assert.False(File.Exists(Path.Combine(trees.Head, "untracked.cs")));
            Assert.Equal(["untracked.cs"], trees.Untracked);
            Assert.Contains("untracked.cs", Assert.Single(trees.Warnings), StringComparison.Ordinal);
            Assert.True(trees.Dirty);
            Assert.EndsWith("with uncommitted changes", trees.HeadName, StringComparison.Ordinal);
            Assert.False(temporary.StartsWith(Repository, StringComparison.Ordinal));
        }

        Assert.False(Directory.Exists(temporary));
        Assert.Single(RequireGit("worktree", "list").Split('\n'));
        Assert.Equal((before, ""), (RequireGit("status", "--porcelain"), RequireGit("stash", "list")));
        Assert.Equal("after", Read(Repository, "worker.cs"));
    }

    [Fact]
    public void A_clean_work_tree_and_a_detached_head_are_nothing_special()
    {
        RequireGit("checkout", "--quiet", "--detach", "HEAD");

        using var trees = Worktrees.Create(Repository, "main");

        Assert.Equal((false, trees.BaseCommit), (trees.Dirty, trees.HeadCommit));
        Assert.Equal(Read(trees.Base, "worker.cs"), Read(trees.Head, "worker.cs"));
    }

    [Fact]
    public void A_project_below_the_repositorys_root_is_found_on_both_sides()
    {
        RequireGit("init", "--quiet", "--initial-branch=main", "../outer");
        string outer = _folder.File("outer");
        string project = Path.Combine(outer, "tools", "benchmarks-of-ours");
        foreach ((string file, string text) in new[] { (Harness, "protocol"), ("worker.cs", "inner") })
        {
            string path = Path.Combine(project, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        RequireGitIn(outer, "add", ".");
        RequireGitIn(outer, "commit", "--quiet", "-m", "inner");

        using var trees = Worktrees.Create(project, "HEAD");

        Assert.Equal(("inner", "inner"), (Read(trees.Base, "worker.cs"), Read(trees.Head, "worker.cs")));
    }

    [Fact]
    public void An_unknown_base_names_what_there_is() =>
        RequireRefused(Repository, "mian", "--base 'mian': no such commit here", "There are: main.");

    [Fact]
    public void An_option_in_the_place_of_a_base_is_an_unknown_commit() =>
        RequireRefused(Repository, "--all", "--base '--all': no such commit here");

    [Fact]
    public void A_shallow_clone_is_told_what_to_fetch()
    {
        RequireGit("clone", "--quiet", "--depth=1", "file://" + Repository, "../shallow");

        RequireRefused(_folder.File("shallow"), "HEAD~1", "This is a shallow clone: git fetch --unshallow origin");
    }

    [Fact]
    public void A_detached_head_without_the_branch_is_told_what_to_fetch()
    {
        RequireGit("checkout", "--quiet", "--detach", "HEAD");
        RequireGit("branch", "-D", "main");

        RequireRefused(Repository, "main", "HEAD is detached", "git fetch origin main");
    }

    [Fact]
    public void A_base_that_predates_the_gate_says_so() => RequireRefused(Repository, "HEAD~1", "predates the gate");

    [Fact]
    public void A_change_of_what_measures_is_refused_by_name()
    {
        Write(Harness, "another protocol");

        RequireRefused(Repository, "HEAD", "What measures differs", Harness);
    }

    [Theory, InlineData("HEAD"), InlineData("HEAD~1")]
    public void Allowed_measuring_changes_are_compared_with_a_warning(string baseRef)
    {
        Write(Harness, "another protocol");

        using var trees = Worktrees.Create(Repository, baseRef, allowMeasuringChanges: true);

        string warning = Assert.Single(trees.Warnings);
        Assert.StartsWith("measuring code differs between base and head", warning, StringComparison.Ordinal);
        Assert.Contains(Harness, warning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_no_repository_is_refused()
    {
        string none = _folder.File("none");
        Directory.CreateDirectory(none);

        RequireRefused(none, "main", "is in no git repository");
    }

    [Fact]
    public void A_repository_without_a_commit_is_refused()
    {
        RequireGit("init", "--quiet", "../empty");

        RequireRefused(_folder.File("empty"), "main", "has no commit yet");
    }

    [Fact]
    public void A_repository_that_takes_no_worktree_is_refused_and_nothing_is_left()
    {
        // Where git keeps its worktrees, a file is in the way.
        File.WriteAllText(Path.Combine(Repository, ".git", "worktrees"), "");

        RequireRefused(Repository, "main", "No worktree of ", "can be made");
    }

    private static void RequireRefused(string project, string baseRef, params string[] said)
    {
        string[] before = Temporaries();

        UnusableInputException refused = Assert.Throws<UnusableInputException>(() => Worktrees.Create(project, baseRef));

        Assert.All(said, words => Assert.Contains(words, refused.Message, StringComparison.Ordinal));
        Assert.Empty(Temporaries().Except(before));
    }

    private static string[] Temporaries() => Directory.GetDirectories(Path.GetTempPath(), "workerrpc-gate-*");

    private static string Read(string folder, string file) => File.ReadAllText(Path.Combine(folder, file));

    private void Write(string file, string text)
    {
        string path = Path.Combine(Repository, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Commit(string subject)
    {
        RequireGit("add", ".");
        RequireGit("commit", "--quiet", "-m", subject);
    }

    private string RequireGit(params string[] arguments) => RequireGitIn(Repository, arguments);

    private static string RequireGitIn(string folder, params string[] arguments)
    {
        GitAnswer answer = Git.Run(folder, arguments);
        Assert.True(answer.Succeeded, answer.Error);
        return answer.Output;
    }
}
