using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CallerWorker;
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
    public void Path_that_is_no_assembly_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("empty.dll"), "");
        File.WriteAllText(folder.File("text.dll"), "text");

        const string Unloadable = " cannot be loaded as an assembly with bindings: ";
        AssertRefused(folder.File("missing.dll"), Unloadable + "there is no such file.");
        AssertRefused(folder.Root, Unloadable + "it is a folder.");
        AssertRefused(folder.File("empty.dll"), Unloadable + "it is empty, or no regular file but a pipe or a device.");
        AssertRefused(folder.File("text.dll"), Unloadable + "it is no .NET assembly.");
    }

    [Theory]
    [InlineData("public Throwing() => throw new System.IO.IOException(\"no port is free\\nand more\");")]
    [InlineData("private static readonly int s_port = int.Parse(\"no port is free\"); public Throwing() => System.GC.KeepAlive(s_port);")]
    public void Throwing_constructor_is_named_with_its_reason_in_one_line(string constructor)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File($"Throwing{constructor.Length}.dll");
        CompiledAssembly.Make(path, $$"""
            using WorkerRpc.Bindings.Contracts;
            public sealed class Throwing : IBinding
            {
                {{constructor}}
                public string Id => "throwing";
                public System.Collections.Generic.IReadOnlyList<string> Tags => [];
                public string Settings => "";
                public Channel? Channel => null;
                public IServerHalf? Server => null;
                public IRuntimeStub Connect(IRuntimeHost host) => null!;
            }
            """);

        AssertRefused(path, ": the constructor of Throwing failed: ");
        AssertRefused(path, "no port is free");
    }

    [Theory]
    [InlineData("Id", "\"My Transport\"", "Mine.Id is 'My Transport': expected lower-case words joined by hyphens, like my-own-1.")]
    [InlineData("Id", "null!", "Mine.Id is null: expected a value.")]
    [InlineData("Id", "throw new System.Exception(\"no name\\nand more\")", "Mine.Id failed: no name")]
    [InlineData("Tags", "null!", "Mine.Tags is null: expected a value.")]
    [InlineData("Tags", "[\"fast\", \" \"]", "Mine.Tags has an empty tag: expected words.")]
    [InlineData("Settings", "null!", "Mine.Settings is null: expected a value.")]
    [InlineData("Settings", "throw new System.InvalidOperationException()", "Mine.Settings failed: ")]
    [InlineData("Channel", "throw new System.Exception(\"no channel\")", "Mine.Channel failed: no channel")]
    [InlineData("Server", "throw new System.Exception(\"no server\")", "Mine.Server failed: no server")]
    public void Unusable_member_is_named_in_one_line(string member, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File($"Mine{Guid.NewGuid():N}.dll");
        var members = new Dictionary<string, string> { ["Id"] = "\"mine\"", ["Tags"] = "[]", ["Settings"] = "\"\"" };
        members[member] = value;
        CompiledAssembly.Make(path, $$"""
            using WorkerRpc.Bindings.Contracts;
            public sealed class Mine : IBinding
            {
                public string Id => {{members["Id"]}};
                public System.Collections.Generic.IReadOnlyList<string> Tags => {{members["Tags"]}};
                public string Settings => {{members["Settings"]}};
                public Channel? Channel => {{members.GetValueOrDefault("Channel", "null")}};
                public IServerHalf? Server => {{members.GetValueOrDefault("Server", "null")}};
                public IRuntimeStub Connect(IRuntimeHost host) => null!;
            }
            """);

        AssertRefused(path, expected);
    }

    [Fact]
    public void Binding_that_connects_to_nothing_is_named()
    {
        var stubs = new RuntimeStubs(BindingCatalog.BuiltIn.With([new NowhereBinding()], [], "users.dll"), new NoHost());

        Assert.Equal(
            $"{typeof(NowhereBinding).FullName}.Connect returned null: expected the caller's half.",
            Assert.Throws<InvalidOperationException>(() => stubs.Get("nowhere")).Message);
    }

    [Fact]
    public void Unknown_method_error_names_every_known_method() => Assert.Equal(
        $"Unknown method 'servicebinding'. Did you mean 'service-binding'? Known: {string.Join(", ", LaunchFixture.Ids)}.",
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
        Assert.DoesNotContain('\n', given);
    }

    private sealed class NowhereBinding : IBinding
    {
        public string Id => "nowhere";

        public IReadOnlyList<string> Tags => [];

        public string Settings => "";

        public Channel? Channel => null;

        public IServerHalf? Server => null;

        public IRuntimeStub Connect(IRuntimeHost host) => null!;
    }

    private sealed class NoHost : IRuntimeHost
    {
        // A caller worker needs some method that delegates.
        public bool Offers(Channel channel) => true;

        public TConnection Open<TConnection>(Channel<TConnection> channel)
            where TConnection : class => throw new NotSupportedException();
    }
}
