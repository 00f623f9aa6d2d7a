using WorkerRpc.Bindings.Node;
using WorkerRpc.Tests.CapnWeb.Node;

namespace WorkerRpc.Tests.Bindings.Node;

public class NodePackagesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_installs_leave_one_set_of_packages()
    {
        await NodePeer.RequireNodeAsync();
        using var folder = new TemporaryFolder();
        CopyPackageFiles(folder);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => NodePackages.InstallAsync(folder.Root, Cancellation)));

        Assert.Equal(
            ["node_modules", "package-lock.json", "package.json"],
            Directory.GetFileSystemEntries(folder.Root).Select(Path.GetFileName).Order());
        Assert.True(File.Exists(folder.File("node_modules/capnweb/package.json")));
    }

    [Fact]
    public async Task Packages_are_replaced_only_when_the_lock_file_changes()
    {
        await NodePeer.RequireNodeAsync();
        using var folder = new TemporaryFolder();
        CopyPackageFiles(folder);
        await NodePackages.InstallAsync(folder.Root, Cancellation);
        string mark = folder.File("node_modules/mark");
        await File.WriteAllTextAsync(mark, "", Cancellation);

        await NodePackages.InstallAsync(folder.Root, Cancellation);
        Assert.True(File.Exists(mark));

        await File.AppendAllTextAsync(folder.File("package-lock.json"), "\n", Cancellation);
        await NodePackages.InstallAsync(folder.Root, Cancellation);
        Assert.False(File.Exists(mark));
        Assert.True(File.Exists(folder.File("node_modules/ws/package.json")));
    }

    [Fact]
    public async Task Failed_install_reports_npms_error_and_leaves_nothing()
    {
        await NodePeer.RequireNodeAsync();
        using var folder = new TemporaryFolder();
        CopyPackageFiles(folder);
        await File.WriteAllTextAsync(folder.File("package-lock.json"), """{ "lockfileVersion": 3, "packages": {} }""", Cancellation);

        NodeException error = await Assert.ThrowsAsync<NodeException>(() => NodePackages.InstallAsync(folder.Root, Cancellation));

        Assert.StartsWith("npm ci failed with exit code 1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("npm error code EUSAGE", error.Message, StringComparison.Ordinal);
        Assert.Equal(["package-lock.json", "package.json"], Directory.GetFileSystemEntries(folder.Root).Select(Path.GetFileName).Order());
    }

    private static void CopyPackageFiles(TemporaryFolder folder)
    {
        foreach (string file in new[] { "package.json", "package-lock.json" })
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "CapnWebNpm", file), folder.File(file));
        }
    }
}
