using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Catalog;

public class BindingCatalogTests
{
    [Fact]
    public void Bindings_of_another_assembly_follow_the_built_in_ones()
    {
        string[] ids = [.. BindingCatalog.WithAssembly(typeof(UsersBinding).Assembly.Location).All.Select(binding => binding.Id)];

        Assert.Equal(LaunchFixture.Ids, ids.Take(LaunchFixture.Ids.Count()));
        Assert.Contains(UsersBinding.UsersId, ids.Skip(LaunchFixture.Ids.Count()));
    }

    [Fact]
    public void Assembly_with_a_duplicate_binding_id_is_refused() =>
        // Loads the built-in bindings a second time, as a user's assembly.
        AssertRefused(typeof(BindingCatalog).Assembly.Location, $"has an id that is taken. Known: {string.Join(", ", LaunchFixture.Ids)}.");

    [Theory]
    [InlineData("pipe")]
    [InlineData("http-in-memory")]
    public void Channel_with_a_duplicate_id_is_refused(string id)
    {
        var taken = new ChannelServer<object>(new Channel<object>(id), _ => new object());

        string message = Assert.Throws<UnusableInputException>(
            () => BindingCatalog.BuiltIn.With([new UsersBinding()], [taken], "users.dll")).Message;

        Assert.StartsWith(
            $"The channel '{id}' of users.dll has an id that is taken. Known: http-in-memory, ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Assembly_without_a_binding_is_refused() =>
        AssertRefused(
            typeof(Function).Assembly.Location,
            "has no binding: expected a public type that implements WorkerRpc.Bindings.Contracts.IBinding");

    [Fact]
    public void File_that_is_no_assembly_is_refused() =>
        AssertRefused(Path.ChangeExtension(typeof(Function).Assembly.Location, "xml"), "cannot be loaded as an assembly with bindings");

    [Fact]
    public void Unknown_method_error_names_every_known_method() => Assert.Equal(
        $"Unknown method 'servicebinding'. Known: {string.Join(", ", LaunchFixture.Ids)}.",
        Assert.Throws<UnusableInputException>(() => BindingCatalog.BuiltIn.Find("servicebinding")).Message);

    [Fact]
    public void Ids_are_unique_lower_case_words_with_hyphens()
    {
        Assert.All(LaunchFixture.Ids, id => Assert.Matches("^[a-z0-9]+(-[a-z0-9]+)*$", id));
        Assert.Equal(LaunchFixture.Ids.Distinct(), LaunchFixture.Ids);
    }

    private static void AssertRefused(string assemblyPath, string message)
    {
        string given = Assert.Throws<UnusableInputException>(() => BindingCatalog.WithAssembly(assemblyPath)).Message;

        Assert.Contains(assemblyPath, given, StringComparison.Ordinal);
        Assert.Contains(message, given, StringComparison.Ordinal);
    }
}
