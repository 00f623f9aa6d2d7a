namespace WorkerRpc.Bindings.Node;

/// <summary>Installs the npm packages of a folder, in the versions that its <c>package-lock.json</c> pins.</summary>
internal static class NodePackages
{
    private const string Installed = "node_modules";
    private const string Package = "package.json";
    private const string Lock = "package-lock.json";

    // The name of a copy of the lock file in node_modules. The copy shows which versions are installed.
    private const string Stamp = ".installed-from.json";
    private const string DownloadNote = $"The packages of {Lock} are fetched from the npm registry when they are first needed.";

    // The longest run time of npm. It is shorter than the time after which a silent launch counts as hung. With cached packages,
    // npm needs only a few seconds.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    /// <summary>Runs <c>npm ci</c> unless the packages are installed already. Several processes can call it at the same time.</summary>
    /// <param name="folder">The folder of the lock file, in which <c>node_modules</c> is created.</param>
    /// <param name="cancellation">The token that cancels the installation.</param>
    /// <exception cref="NodeException">npm is missing or failed. The message contains npm's error output.</exception>
    public static async Task InstallAsync(string folder, CancellationToken cancellation)
    {
        if (AreInstalled(folder))
        {
            return;
        }

        // Installs into a temporary folder and then moves it. So a partial installation is never visible, and if several callers
        // install at the same time, the first to finish provides the packages.
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
        // Moving failed, because another caller has installed the same packages meanwhile. Its installation is used.
        catch (IOException) when (AreInstalled(folder))
        {
        }
    }

    private static async Task RunNpmAsync(string folder, CancellationToken cancellation)
    {
        // A failed download is retried only once, so that npm fails soon on a machine without network access.
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
