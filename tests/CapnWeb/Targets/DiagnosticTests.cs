using Microsoft.CodeAnalysis;
using WorkerRpc.CapnWeb.Generator;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>An unusable member is a compile error at its position, and no code is generated.</summary>
public class DiagnosticTests
{
    private const string Key = "class Key { [RpcMember] public void Turn() { } } ";

    public static readonly TheoryData<string, string, string> Mistakes = new()
    {
        { "CAPNWEB001", "class Door { [RpcMember] private void Open() { } }", "'Door.Open' is not public" },
        { "CAPNWEB001", "class Door { [RpcMember] internal void Open() { } }", "'Door.Open' is not public" },
        { "CAPNWEB002", "class Door { [RpcMember] public static void Open() { } }", "'Door.Open' is static" },
        { "CAPNWEB003", "class Door { [RpcMember] public void Open<T>(T key) { } }", "'Door.Open' is generic" },
        { "CAPNWEB004", "class Door { [RpcMember] public void Open(ref int key) { } }", "Parameter 'key' of 'Door.Open'" },
        { "CAPNWEB004", "class Door { [RpcMember] public void Open(int a, out int key) { key = a; } }", "Parameter 'key'" },
        { "CAPNWEB005", "interface IDoor { [RpcMember] Task Open(); [RpcMember] Task OpenAsync(int key); }", "wire name 'open'" },
        { "CAPNWEB006", "class Door { [RpcMember] public override string ToString() => \"\"; }", "'toString'" },
        { "CAPNWEB006", "class Door { [RpcMember(\"\")] public void Open() { } }", "''" },
        { "CAPNWEB007", "class Door { [RpcMember] public int Key { set { } } }", "'Door.Key' has no public getter" },
        { "CAPNWEB007", "class Door { [RpcMember] public int Key { private get; set; } }", "'Door.Key' has no public getter" },
        { "CAPNWEB008", "interface IDoor { [RpcMember] Task<int> Key { get; set; } }", "'IDoor.Key' has a setter" },
        { "CAPNWEB009", "class Door { [RpcMember] public int this[int key] => key; }", "is an indexer" },
        { "CAPNWEB010", "interface IDoor { [RpcMember] int Open(); }", "'IDoor.Open' gives 'int'" },
        { "CAPNWEB010", "interface IDoor { [RpcMember] void Open(); }", "'IDoor.Open' gives 'void'" },
        {
            "CAPNWEB011",
            "class Door { [RpcMember] public void Open(int a, int b, int c, int d, int e, int f, int g, int h, int i) { } }",
            "has 9 parameters"
        },
        { "CAPNWEB012", "interface IDoor<T> { [RpcMember] Task Open(T key); }", "'IDoor' is generic" },
        { "CAPNWEB012", "struct Door { [RpcMember] public void Open() { } }", "'Door' is a struct" },
        { "CAPNWEB012", "class House { private interface IDoor { [RpcMember] Task Open(); } }", "'IDoor' is private" },
        { "CAPNWEB012", "file class Door { [RpcMember] public void Open() { } }", "'Door' is private" },
        { "CAPNWEB013", "class Door { [RpcMember] public void Open(Span<int> key) { } }", "'System.Span<int>'" },
        { "CAPNWEB014", Key + "class Door { [RpcMember] public void Open(Key key) { } }", "'Key', a class" },
        { "CAPNWEB014", Key + "interface IDoor { [RpcMember] Task<Key> Take(); }", "'Key', a class" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Unreachable_member_is_a_compile_error(string id, string source, string says)
    {
        Compiled compiled = Compiled.Of(source);

        Diagnostic finding = Assert.Single(compiled.Findings);
        Assert.Equal((id, DiagnosticSeverity.Error), (finding.Id, finding.Severity));
        Assert.Contains(says, finding.GetMessage(), StringComparison.Ordinal);
        Assert.Contains("expected", finding.GetMessage(), StringComparison.Ordinal);
        Assert.Equal(Compiled.SourceFile, finding.Location.GetLineSpan().Path);
        Assert.DoesNotContain(compiled.Files.Keys, file => file.Contains("Door", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_rule_has_a_test_case()
    {
        IEnumerable<string> rules = typeof(Rules).GetFields().Select(field => ((DiagnosticDescriptor)field.GetValue(null)!).Id);

        Assert.Equal(rules.Order(), Mistakes.Select(row => row.Data.Item1).Distinct().Order());
    }

    [Fact]
    public void Members_without_attribute_break_no_rule()
    {
        Compiled compiled = Compiled.Of("""
            class Door
            {
                [RpcMember] public int Key { get; private set; }
                public void Turn<T>(ref T by) => Key++;
                public static void Paint() { }
                public int this[int index] => index;
            }
            """);

        Assert.Empty(compiled.Findings);
        Assert.Empty(compiled.Diagnostics);
        Assert.Contains("\"key\"", compiled.Files["Door.Rpc.g.cs"], StringComparison.Ordinal);
        Assert.DoesNotContain("urn<", compiled.Files["Door.Rpc.g.cs"], StringComparison.Ordinal);
    }
}
