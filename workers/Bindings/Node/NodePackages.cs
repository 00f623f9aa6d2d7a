namespace WorkerRpc.Bindings.Node;

/// <summary>Installs the npm packages of a folder, in the versions that its <c>package-lock.json</c> pins.</summary>
internal static class NodePackages
{
    private const string Installed = "node_modules";
    private const string Package = "package.json";
    private const string Lock = "package-lock.json";

    // A copy of the lock file in node_modules: shows which versions are installed.
    private const string Stamp = ".installed-from.json";
    private const string DownloadNote = $"The packages of {Lock} are fetched from the npm registry when they are first needed.";

    // Shorter than the silence after which a launch counts as hung. With cached packages npm takes a few seconds.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>Runs <c>npm ci</c> unless the packages are installed already. Safe for concurrent calls from several processes.</summary>
    /// <param name="folder">The folder of the lock file, in which <c>node_modules</c> is created.</param>
    /// <param name="cancellation">Cancels the installation.</param>
    /// <exception cref="NodeException">npm is missing or failed. The message contains npm's error output.</exception>
    public static async Task InstallAsync(string folder, CancellationToken cancellation)
    {
        if (AreInstalled(folder))
        {
            return;
        }

        // Install into a staging folder, then move the result. Nobody sees a partial installation, and one concurrent caller wins.
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
        // Another caller has installed the same packages first.
        catch (IOException) when (AreInstalled(folder))
        {
        }
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellation)
    {
        // Retry a download only once, so that a machine without network access fails soon.
        string[] arguments =
            [
                "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error",
                "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000",
            ];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_limit);
        await using NodeProcess npm = NodeProcess.Start(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", arguments, folder);
        try
        {
            (int exitCode, string errors) = await npm.WaitForExitAsync(limit.Token);
            if (exitCode != 0)
            {
                throw new NodeException($"npm ci failed with exit code {exitCode}: {errors}. {DownloadNote}");
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new NodeException(
                FormattableString.Invariant($"npm ci was not done within {s_limit.TotalSeconds} s. {DownloadNote}"), e);
        }
    }
}
