using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.Tests.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>A program of one text, built as a user's web project would be.</summary>
internal static class CSharpProgram
{
    // What a web project has without saying so, as far as it is used.
    private const string Usings = """
        global using System;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        """;

    private static readonly string s_library = typeof(RpcMemberAttribute).Assembly.Location;

    /// <summary>Builds it with the generator, without a warning.</summary>
    /// <param name="folder">Where it is to be.</param>
    /// <param name="name">Its name.</param>
    /// <param name="text">Top-level statements, and the types after them.</param>
    /// <returns>The path of its assembly, which <c>dotnet</c> can run.</returns>
    public static string Build(string folder, string name, string text)
    {
        _ = Compiled.Driver().RunGeneratorsAndUpdateCompilation(Compilation(name, text), out Compilation program, out _, TestContext.Current.CancellationToken);
        Assert.Empty(program.GetDiagnostics(TestContext.Current.CancellationToken).Where(each => each.Severity >= DiagnosticSeverity.Warning));
        string path = Path.Combine(folder, name + ".dll");
        Assert.True(program.Emit(path, cancellationToken: TestContext.Current.CancellationToken).Success);
        File.Copy(s_library, Path.Combine(folder, Path.GetFileName(s_library)), overwrite: true);
        // The tests run on the frameworks that a web project does.
        File.Copy(Path.Combine(AppContext.BaseDirectory, "WorkerRpc.Tests.runtimeconfig.json"), Path.ChangeExtension(path, ".runtimeconfig.json"));
        return path;
    }

    private static CSharpCompilation Compilation(string name, string text)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Latest);
        return CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(Usings, parsing), CSharpSyntaxTree.ParseText(text, parsing, "README.md")],
            [
                .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                    .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                        || Path.GetFileName(path).StartsWith("Microsoft.", StringComparison.Ordinal))
                    .Append(s_library)
                    .Select(path => MetadataReference.CreateFromFile(path)),
            ],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
    }
}
