using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests;

/// <summary>Compiles assemblies of a user, to load them in a test.</summary>
internal static class CompiledAssembly
{
    /// <summary>Compiles source against the contracts. The file's name must be unique, because a process loads a name once.</summary>
    public static void Make(string path, string source)
    {
        IEnumerable<string> references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(each => Path.GetFileName(each).StartsWith("System.", StringComparison.Ordinal))
            .Concat([typeof(IBinding).Assembly.Location, typeof(Function).Assembly.Location]);
        CSharpCompilation compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [CSharpSyntaxTree.ParseText(source, cancellationToken: TestContext.Current.CancellationToken)],
            references.Distinct().Select(each => MetadataReference.CreateFromFile(each)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        Assert.Empty(compilation.Emit(path, cancellationToken: TestContext.Current.CancellationToken).Diagnostics
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
    }
}
