using WorkerRpc.Functions;
using WorkerRpc.Tests.Injected;

namespace WorkerRpc.Tests.Functions;

public class UserFunctionTests
{
    [Theory]
    [InlineData("public string Id => \"echo\";", "The function 'echo' of ")]
    [InlineData("public string Id => \"Mine\";", "Mine.Id is 'Mine': expected lower-case words joined by hyphens")]
    [InlineData("public string Id => null!;", "Mine.Id is null: expected a value.")]
    [InlineData("public string Id => throw new System.Exception(\"no name\");", "Mine.Id failed: no name")]
    [InlineData("public Mine(int size) { } public string Id => \"mine\";", "has no function: expected a public type that implements ")]
    public void Unusable_function_is_refused_in_one_line_and_not_added(string members, string expected)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File($"Functions{Guid.NewGuid():N}.dll");
        CompiledAssembly.Make(path, $$"""
            using System.Threading;
            using System.Threading.Tasks;
            using WorkerRpc.Functions;
            public sealed class Mine : IPayloadFunction
            {
                {{members}}
                public ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation) => new(payload);
            }
            """);

        string message = Assert.Throws<UnusableInputException>(() => FunctionList.Load(path)).Message;

        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Throws<UnknownFunctionException>(() => FunctionList.Find("mine"));
    }

    [Fact]
    public async Task Loaded_function_is_found_and_an_assembly_is_loaded_once()
    {
        string path = typeof(UpperCaseFunction).Assembly.Location;

        Function loaded = Assert.Single(FunctionList.Load(path));
        var answer = (ExecuteResponse<Payload>)await FunctionList.Find("upper-case").ExecuteAsync(
            new Payload("a word", new PayloadMetadata(1)), TestContext.Current.CancellationToken);

        Assert.Same(loaded, Assert.Single(FunctionList.Load(path)));
        Assert.Equal(new Payload("A WORD", new PayloadMetadata(1)), answer.Result);
        Assert.DoesNotContain(loaded, FunctionList.All);
        Assert.Empty(FunctionList.Load(""));
    }

    [Fact]
    public void Missing_assembly_is_refused() => Assert.Contains(
        "cannot be loaded as an assembly with functions: there is no such file.",
        Assert.Throws<UnusableInputException>(() => FunctionList.Load("/nowhere/Mine.dll")).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Function_that_returns_null_fails_its_call()
    {
        var function = new UserFunction("mine.dll", new NullFunction());

        var e = await Assert.ThrowsAsync<InvalidOperationException>(
            () => function.ExecuteAsync(new Payload("", new PayloadMetadata(0)), TestContext.Current.CancellationToken).AsTask());

        Assert.Equal($"{typeof(NullFunction).FullName} returned null: expected a payload.", e.Message);
    }

    private sealed class NullFunction : IPayloadFunction
    {
        public string Id => "null";

        public ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation) => new((Payload)null!);
    }
}
