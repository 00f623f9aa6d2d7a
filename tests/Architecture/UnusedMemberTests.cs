using Mono.Cecil;

namespace WorkerRpc.Tests.Architecture;

/// <summary>Each method and property that other code can see is used by some code, or a test shows how users call it.</summary>
public class UnusedMemberTests
{
    [Fact]
    public void Every_visible_member_is_used()
    {
        ModuleDefinition[] modules =
            [.. Directory.GetFiles(AppContext.BaseDirectory, "WorkerRpc.*.dll").Order().Select(ModuleDefinition.ReadModule)];
        HashSet<string> used = [.. modules.SelectMany(Types).SelectMany(type => type.Methods).SelectMany(Uses)];

        string[] unused =
        [
            .. modules.Where(module => module.Assembly.Name.Name != typeof(UnusedMemberTests).Assembly.GetName().Name)
                .SelectMany(Types)
                .Where(type => !IsGenerated(type))
                .SelectMany(type => type.Methods)
                .Where(method => IsVisible(method) && !IsCalledByOthers(method) && !used.Contains(Key(method)))
                .Select(method => method.FullName),
        ];

        Assert.True(modules.Length > 5, "The assemblies of the repository were not found.");
        Assert.True(unused.Length == 0, string.Join(Environment.NewLine, unused));
    }

    private static IEnumerable<TypeDefinition> Types(ModuleDefinition module) => module.GetTypes();

    // A call of a method by itself is no use of it.
    private static IEnumerable<string> Uses(MethodDefinition method) => !method.HasBody ? [] : method.Body.Instructions
        .Select(instruction => instruction.Operand)
        .OfType<MethodReference>()
        .Select(Key)
        .Where(key => key != Key(method));

    private static string Key(MethodReference method) =>
        $"{method.DeclaringType.GetElementType().FullName}.{method.Name}({method.Parameters.Count})";

    // Written by the compiler, by protoc or by the Cap'n Web generator, or an attribute, which generators read.
    private static bool IsGenerated(TypeDefinition type) =>
        type.FullName.Contains('<', StringComparison.Ordinal)
        || type.Namespace == "WorkerRpc.Bindings.Grpc.Messages"
        || type.Name == "RuntimeRpcStub"
        || type.BaseType?.Name == nameof(Attribute)
        || type.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "GeneratedCodeAttribute");

    private static bool IsVisible(MethodDefinition method) =>
        method is { IsPrivate: false, IsConstructor: false, IsVirtual: false, IsSetter: false };

    // Called by the runtime, by BenchmarkDotNet's reflection or by generated code, or written by the compiler.
    private static bool IsCalledByOthers(MethodDefinition method) =>
        method.Name is "Main" or "Deconstruct"
        || method.Name.Contains('<', StringComparison.Ordinal)
        || method.Name.StartsWith("op_", StringComparison.Ordinal)
        || method.DeclaringType.Name is "RpcArguments" or "DelegationBenchmarks"
        || method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute") && !method.IsGetter;
}
