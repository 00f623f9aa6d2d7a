using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using WorkerRpc.CapnWeb.Generator;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>A member that returns a stub which it keeps gets a warning, because its second call would fail.</summary>
public class KeptStubTests
{
    private const string Declarations = """
        public interface ICart { [RpcMember] Task<int> CountAsync(); }
        public record Pair(ICart Cart, int Number);
        public record Open { public ICart? Cart { get; init; } }
        public class Cart : ICart { public Task<int> CountAsync() => Task.FromResult(1); }

        """;

    [Theory]
    [InlineData("RpcStub _cart = null!; [RpcMember] public RpcStub Give() => _cart;", "_cart")]
    [InlineData("RpcStub _cart = null!; [RpcMember] public Task<RpcStub> Give() => Task.FromResult(_cart);", "_cart")]
    [InlineData("RpcStub _cart = null!; [RpcMember] public ValueTask<RpcStub> Give() => new(_cart);", "_cart")]
    [InlineData("RpcStub _cart = null!; [RpcMember] public async Task<RpcStub> Give() { await Task.Yield(); return _cart; }", "_cart")]
    [InlineData("RpcStub Kept { get; } = null!; [RpcMember] public RpcStub[] Give() => [Kept];", "Kept")]
    [InlineData("RpcStub _cart = null!; [RpcMember] public RpcStub Give => _cart;", "_cart")]
    [InlineData("CartStub? _cart; [RpcMember] public ICart Give(ICart other) => _cart ?? new Cart() as ICart;", "_cart")]
    [InlineData("[RpcMember] public ICart Give(ICart cart) => cart;", "cart")]
    [InlineData("[RpcMember] public Pair Give(ICart cart) => new(cart, 1);", "cart")]
    [InlineData("[RpcMember] public Open Give(ICart cart) => new() { Cart = cart };", "cart")]
    [InlineData("[RpcMember] public Func<Task> Give(Func<Task> call) => call;", "call")]
    [InlineData(
        "ICart? _cart; [RpcMember] public ICart? Give() => _cart; [RpcMember] public void Keep(ICart cart) => _cart = cart;", "_cart")]
    [InlineData(
        "ICart? _cart; [RpcMember] public ICart? Give() => _cart; public async Task Fill(Task<ICart> cart) => _cart = await cart;",
        "_cart")]
    [InlineData(
        "ICart? _cart; [RpcMember] public ICart? Give() => _cart; public void Fill(RpcSession s) => _cart = s.GetMain<ICart>();", "_cart")]
    [InlineData(
        "ICart? _cart; [RpcMember] public async Task<ICart> Give(Func<Task<ICart>> make) => _cart ??= await make();", "_cart")]
    public async Task Kept_stub_that_is_returned_gets_a_warning(string members, string place)
    {
        Diagnostic finding = Assert.Single(await FindAsync(members));

        Assert.Equal(("CAPNWEB015", DiagnosticSeverity.Warning), (finding.Id, finding.Severity));
        Assert.Equal(
            $"'Desk.Give' returns the stub in '{place}', which ends with this answer: expected RpcReference.Duplicate({place})",
            finding.GetMessage());
    }

    [Theory]
    [InlineData("RpcStub _cart = null!; [RpcMember] public RpcStub Give() => _cart.Duplicate();")]
    [InlineData("RpcStub _cart = null!; [RpcMember] public RpcStub Give() => RpcReference.Duplicate(_cart);")]
    [InlineData("RpcStub _cart = null!; public RpcStub Give() => _cart;")]
    [InlineData("Cart _cart = new(); [RpcMember] public ICart Give() => _cart;")]
    [InlineData("ICart _cart = new Cart(); [RpcMember] public ICart Give() => _cart; public void Renew() => _cart = new Cart();")]
    [InlineData("ICart _cart; public Desk(ICart cart) => _cart = cart; [RpcMember] public ICart Give() => _cart;")]
    [InlineData("[RpcMember] public async Task<ICart> Give(Func<Task<ICart>> make) => await make();")]
    [InlineData("[RpcMember] public string Give(string text, int n) => text;")]
    [InlineData("RpcStub _cart = null!; [RpcMember] public void Use() { Func<RpcStub> get = () => _cart; get().Dispose(); }")]
    public async Task Other_result_gets_no_warning(string members) => Assert.Empty(await FindAsync(members));

    [Fact]
    public async Task Member_of_an_interface_counts_without_an_attribute_of_its_own()
    {
        ImmutableArray<Diagnostic> findings = await FindAsync(
            "public RpcStub Kept = null!; public Task<RpcStub> GiveAsync() => Task.FromResult(Kept);",
            "public interface IDesk { [RpcMember] Task<RpcStub> GiveAsync(); }", ": IDesk");

        Assert.Contains("'Kept'", Assert.Single(findings).GetMessage(), StringComparison.Ordinal);
    }

    private static async Task<ImmutableArray<Diagnostic>> FindAsync(string members, string more = "", string bases = "")
    {
        _ = Compiled.Driver().RunGeneratorsAndUpdateCompilation(
            Compiled.Compilation($"{Declarations}{more}\npublic class Desk {bases}\n{{\n{members}\n}}"),
            out Compilation compilation, out _, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(
            compilation.GetDiagnostics(TestContext.Current.CancellationToken), each => each.Severity == DiagnosticSeverity.Error);
        return await compilation.WithAnalyzers([new KeptStubAnalyzer()])
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
    }
}
