using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Catalog;

public class BindingCatalogTests
{
    [Fact]
    public void The_bindings_of_another_assembly_follow_those_of_this_project()
    {
        string[] ids = [.. BindingCatalog.WithAssembly(typeof(UsersBinding).Assembly.Location).All.Select(binding => binding.Id)];

        Assert.Equal(LaunchFixture.Ids, ids.Take(LaunchFixture.Ids.Count()));
        Assert.Contains(UsersBinding.UsersId, ids.Skip(LaunchFixture.Ids.Count()));
    }

    [Fact]
    public void An_assembly_whose_binding_takes_an_id_that_is_taken_is_refused() =>
        // The bindings of this project once more, as if they came from elsewhere.
        AssertRefused(typeof(BindingCatalog).Assembly.Location, $"has an id that is taken. Known: {string.Join(", ", LaunchFixture.Ids)}.");

    [Theory]
    [InlineData("pipe")]
    [InlineData("http-in-memory")]
    public void Channel_whose_id_is_taken_is_refused(string id)
    {
        var taken = new ChannelServer<object>(new Channel<object>(id), _ => new object());

        string message = Assert.Throws<UnusableInputException>(
            () => BindingCatalog.BuiltIn.With([new UsersBinding()], [taken], "users.dll")).Message;

        Assert.StartsWith($"The channel '{id}' of users.dll has an id that is taken. Known: http-in-memory, ", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_assembly_without_a_binding_is_refused() =>
        AssertRefused(typeof(Function).Assembly.Location, "has no binding: expected a public type that implements WorkerRpc.Bindings.Contracts.IBinding");

    [Fact]
    public void A_file_that_is_no_assembly_is_refused() =>
        AssertRefused(Path.ChangeExtension(typeof(Function).Assembly.Location, "xml"), "cannot be loaded as an assembly with bindings");

    [Fact]
    public void An_unknown_method_is_an_error_that_names_every_known_one() => Assert.Equal(
        $"Unknown method 'servicebinding'. Known: {string.Join(", ", LaunchFixture.Ids)}.",
        Assert.Throws<UnusableInputException>(() => BindingCatalog.BuiltIn.Find("servicebinding")).Message);

    [Fact]
    public void Every_id_is_lower_case_words_joined_by_hyphens_and_there_is_one_of_each()
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
