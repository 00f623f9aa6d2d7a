namespace WorkerRpc.Benchmarks.Regression;

/// <summary>Base and head, checked out in the temporary folder and built; gone when it is disposed of.</summary>
internal sealed class BuiltSides : IDisposable
{
    private BuiltSides(Worktrees trees, Build baseline, Build head) => (Trees, Base, Head) = (trees, baseline, head);

    public Worktrees Trees { get; }

    public Build Base { get; }

    public Build Head { get; }

    /// <summary>Checks both sides out and builds them, at the same time.</summary>
    /// <param name="project">The project's folder, in its repository.</param>
    /// <param name="baseRef">What git knows the base by.</param>
    /// <param name="told">Told what goes on.</param>
    /// <param name="interrupted">Ends it.</param>
    /// <exception cref="Functions.UnusableInputException">A side cannot be checked out or does not build.</exception>
    public static async Task<BuiltSides> MakeAsync(string project, string baseRef, Action<string> told, CancellationToken interrupted)
    {
        Worktrees trees = Worktrees.Create(project, baseRef);
        try
        {
            if (trees.Untracked.Count > 0)
            {
                told($"warning: not part of the head, because git does not know them: {string.Join(", ", trees.Untracked)}. `git add` takes them in.");
            }

            told($"building base {trees.BaseName} and head {trees.HeadName}");
            // Each ends by itself, whatever becomes of the other: nothing may still be written when the folders go.
            Task<Build> baseline = Build.MakeAsync(trees.Base, $"base {trees.BaseName}", interrupted);
            Task<Build> head = Build.MakeAsync(trees.Head, $"head {trees.HeadName}", interrupted);
            Build[] builds = await Task.WhenAll(baseline, head);
            return new BuiltSides(trees, builds[0], builds[1]);
        }
        catch
        {
            trees.Dispose();
            throw;
        }
    }

    public void Dispose() => Trees.Dispose();
}
