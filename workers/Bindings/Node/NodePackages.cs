namespace WorkerRpc.Bindings.Node;

/// <summary>The npm packages of a folder with a <c>package-lock.json</c>, exactly as it pins them.</summary>
internal static class NodePackages
{
    private const string Installed = "node_modules";
    private const string Package = "package.json";
    private const string Lock = "package-lock.json";

    // Within node_modules: the lock file that they were installed from.
    private const string Stamp = ".installed-from.json";

    // Less than the silence for which a launch is held to hang; with its packages at hand npm takes a few seconds.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>Installs the packages by <c>npm ci</c>, unless they are there already. Several may ask at once, from several processes.</summary>
    /// <param name="folder">Where the lock file is and <c>node_modules</c> comes to be.</param>
    /// <param name="cancellation">Ends npm.</param>
    /// <exception cref="NodeException">npm is missing, or failed; the message has its own words.</exception>
    public static async Task InstallAsync(string folder, CancellationToken cancellation)
    {
        if (AreInstalled(folder))
        {
            return;
        }

        // Elsewhere, then moved: nobody finds half of it, and of several that install, one wins.
        string staging = Path.Combine(folder, $".installing-{Guid.NewGuid():N}");
        Directory.CreateDirectory(staging);
        try
        {
            File.Copy(Path.Combine(folder, Package), Path.Combine(staging, Package));
            File.Copy(Path.Combine(folder, Lock), Path.Combine(staging, Lock));
            await RunNpmAsync(staging, cancellation);
            File.Copy(Path.Combine(folder, Lock), Path.Combine(staging, Installed, Stamp));
            Replace(folder, staging);
        }
        finally
        {
            Directory.Delete(staging, recursive: true);
        }
    }

    private static bool AreInstalled(string folder)
    {
        string stamp = Path.Combine(folder, Installed, Stamp);
        return File.Exists(stamp) && File.ReadAllBytes(stamp).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder, Lock)));
    }

    private static void Replace(string folder, string staging)
    {
        string installed = Path.Combine(folder, Installed);
        try
        {
            if (Directory.Exists(installed))
            {
                Directory.Move(installed, Path.Combine(staging, "replaced"));
            }

            Directory.Move(Path.Combine(staging, Installed), installed);
        }
        catch (IOException) when (AreInstalled(folder))
        {
            // Another was faster, with the same.
        }
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellation)
    {
        // The registry is asked once more and no longer than that: a machine without one shall hear of it soon.
        string[] arguments =
            ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000"];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_limit);
        await using NodeProcess npm = NodeProcess.Start(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", arguments, folder);
        try
        {
            (int exitCode, string errors) = await npm.WaitForExitAsync(limit.Token);
            if (exitCode != 0)
            {
                throw new NodeException($"npm ci failed with exit code {exitCode}: {errors}. The packages of {Lock} are fetched from the npm registry when they are first needed.");
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeException(FormattableString.Invariant($"npm ci was not done within {s_limit.TotalSeconds} s. The packages of {Lock} are fetched from the npm registry when they are first needed."), e);
        }
    }
}
