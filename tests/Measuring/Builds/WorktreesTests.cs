using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Measuring.Builds;

public sealed class WorktreesTests : IAsyncLifetime
{
    private const string MeasuringFile = "benchmarks/Measuring/Pairs/TurnProtocol.cs";

    private readonly TemporaryFolder _folder = new();

    private string Repository => _folder.File("repository");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Repository);
        await RequireGitAsync("init", "--quiet", "--initial-branch=main");
        Write("worker.cs", "before");
        await CommitAsync("without the gate");
        Write(MeasuringFile, "protocol");
        await CommitAsync("with the gate");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Measuring_code_exists_at_each_listed_path() => Assert.All(
        Worktrees.MeasuringCode,
        path => Assert.True(Path.Exists(Path.Combine(SourceState.Root, path)), path));

    [Fact]
    public async Task Head_has_uncommitted_changes_and_work_tree_is_unchanged()
    {
        Write("worker.cs", "after");
        Write("staged.cs", "staged");
        await RequireGitAsync("add", "staged.cs");
        Write("untracked.cs", "not added");
        string before = await RequireGitAsync("status", "--porcelain");
        string temporary;
        await using (Worktrees trees = await CreateAsync(Repository, "HEAD"))
        {
            temporary = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(trees.Base))!;
            Assert.Equal(("before", "after"), (Read(trees.Base, "worker.cs"), Read(trees.Head, "worker.cs")));
            Assert.Equal("staged", Read(trees.Head, "staged.cs"));
            Assert.False(File.Exists(Path.Combine(trees.Head, "untracked.cs")));
            Assert.Equal(["untracked.cs"], trees.Untracked);
            Assert.Contains("untracked.cs", Assert.Single(trees.Warnings), StringComparison.Ordinal);
            Assert.True(trees.Dirty);
            Assert.EndsWith("with uncommitted changes", trees.HeadName, StringComparison.Ordinal);
            Assert.False(temporary.StartsWith(Repository, StringComparison.Ordinal));
        }

        Assert.False(Directory.Exists(temporary));
        Assert.Single((await RequireGitAsync("worktree", "list")).Split('\n'));
        Assert.Equal((before, ""), (await RequireGitAsync("status", "--porcelain"), await RequireGitAsync("stash", "list")));
        Assert.Equal("after", Read(Repository, "worker.cs"));
    }

    [Fact]
    public async Task Clean_work_tree_with_detached_head_is_accepted()
    {
        await RequireGitAsync("checkout", "--quiet", "--detach", "HEAD");

        await using Worktrees trees = await CreateAsync(Repository, "main");

        Assert.Equal((false, trees.BaseCommit), (trees.Dirty, trees.HeadCommit));
        Assert.Equal(Read(trees.Base, "worker.cs"), Read(trees.Head, "worker.cs"));
    }

    [Fact]
    public async Task Project_below_repository_root_is_found_on_both_sides()
    {
        await RequireGitAsync("init", "--quiet", "--initial-branch=main", "../outer");
        string outer = _folder.File("outer");
        string project = Path.Combine(outer, "tools", "benchmarks-of-ours");
        foreach ((string file, string text) in new[] { (MeasuringFile, "protocol"), ("worker.cs", "inner") })
        {
            string path = Path.Combine(project, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        await RequireGitInAsync(outer, "add", ".");
        await RequireGitInAsync(outer, "commit", "--quiet", "-m", "inner");

        await using Worktrees trees = await CreateAsync(project, "HEAD");

        Assert.Equal(("inner", "inner"), (Read(trees.Base, "worker.cs"), Read(trees.Head, "worker.cs")));
    }

    [Fact]
    public Task Unknown_base_is_refused_with_the_known_branches() =>
        RequireRefusedAsync(Repository, "mian", "--base 'mian': no such commit here", "There are: main.");

    [Fact]
    public Task Option_as_base_is_an_unknown_commit() =>
        RequireRefusedAsync(Repository, "--all", "--base '--all': no such commit here");

    [Fact]
    public async Task Unknown_base_in_shallow_clone_names_fetch_command()
    {
        await RequireGitAsync("clone", "--quiet", "--depth=1", "file://" + Repository, "../shallow");

        await RequireRefusedAsync(_folder.File("shallow"), "HEAD~1", "This is a shallow clone: git fetch --unshallow origin");
    }

    [Fact]
    public async Task Unknown_base_on_detached_head_names_fetch_command()
    {
        await RequireGitAsync("checkout", "--quiet", "--detach", "HEAD");
        await RequireGitAsync("branch", "-D", "main");

        await RequireRefusedAsync(Repository, "main", "HEAD is detached", "git fetch origin main");
    }

    [Fact]
    public Task Base_without_the_gate_is_refused() => RequireRefusedAsync(Repository, "HEAD~1", "predates the gate");

    [Fact]
    public async Task Change_of_measuring_code_is_refused_by_file_name()
    {
        Write(MeasuringFile, "another protocol");

        await RequireRefusedAsync(Repository, "HEAD", "What measures differs", MeasuringFile);
    }

    [Theory, InlineData("HEAD"), InlineData("HEAD~1")]
    public async Task Allowed_measuring_changes_are_compared_with_a_warning(string baseRef)
    {
        Write(MeasuringFile, "another protocol");

        await using Worktrees trees = await CreateAsync(Repository, baseRef, allowMeasuringChanges: true);

        string warning = Assert.Single(trees.Warnings);
        Assert.StartsWith("measuring code differs between base and head", warning, StringComparison.Ordinal);
        Assert.Contains(MeasuringFile, warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Older_release_is_checked_out_beside_the_base()
    {
        await using Worktrees trees = await CreateAsync(Repository, "HEAD", release: "HEAD");

        Assert.Empty(trees.Warnings);
        Assert.True(File.Exists(Path.Combine(trees.Release!, MeasuringFile)));
    }

    [Fact]
    public async Task Release_with_other_measuring_code_is_named_and_left_out()
    {
        await using Worktrees trees = await CreateAsync(Repository, "HEAD", release: "HEAD~1");

        Assert.Null(trees.Release);
        Assert.Contains(MeasuringFile, Assert.Single(trees.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_in_no_repository_is_refused()
    {
        string none = _folder.File("none");
        Directory.CreateDirectory(none);

        await RequireRefusedAsync(none, "main", "is in no git repository");
    }

    [Fact]
    public async Task Repository_without_a_commit_is_refused()
    {
        await RequireGitAsync("init", "--quiet", "../empty");

        await RequireRefusedAsync(_folder.File("empty"), "main", "has no commit yet");
    }

    [Fact]
    public async Task Failed_worktree_is_refused_and_leaves_no_files()
    {
        // A file at the path of git's folder for worktrees, so that git cannot create that folder.
        File.WriteAllText(Path.Combine(Repository, ".git", "worktrees"), "");

        await RequireRefusedAsync(Repository, "main", "No worktree of ", "can be made");
    }

    [Fact]
    public async Task Side_without_the_project_is_refused() =>
        Assert.Contains("has no benchmarks/Benchmarks.csproj", await RequireNoBuildAsync(), StringComparison.Ordinal);

    [Fact]
    public async Task Unbuildable_side_is_refused_with_its_first_errors()
    {
        Write("benchmarks/Benchmarks.csproj", "<Project");
        await CommitAsync("broken");

        Assert.Matches("does not build: .*error MSB4025", await RequireNoBuildAsync());
    }

    private async Task<string> RequireNoBuildAsync()
    {
        await using Worktrees trees = await CreateAsync(Repository, "HEAD");
        return (await Assert.ThrowsAsync<UnusableInputException>(() => ProgramBuild.MakeAsync(trees, _ => { }, Cancellation))).Message;
    }

    private static Task<Worktrees> CreateAsync(
        string project, string baseRef, bool allowMeasuringChanges = false, string? release = null) =>
        Worktrees.CreateAsync(project, baseRef, release, allowMeasuringChanges, Cancellation);

    private static async Task RequireRefusedAsync(string project, string baseRef, params string[] expected)
    {
        string[] before = Temporaries();

        UnusableInputException refused = await Assert.ThrowsAsync<UnusableInputException>(() => CreateAsync(project, baseRef));

        Assert.All(expected, words => Assert.Contains(words, refused.Message, StringComparison.Ordinal));
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

    private async Task CommitAsync(string subject)
    {
        await RequireGitAsync("add", ".");
        await RequireGitAsync("commit", "--quiet", "-m", subject);
    }

    private Task<string> RequireGitAsync(params string[] arguments) => RequireGitInAsync(Repository, arguments);

    private static async Task<string> RequireGitInAsync(string folder, params string[] arguments)
    {
        GitAnswer answer = await new Git(folder, Cancellation).RunAsync(arguments);
        Assert.True(answer.Succeeded, answer.Error);
        return answer.Output;
    }
}
