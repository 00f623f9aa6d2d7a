using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using WorkerRpc.CapnWeb.AspNetCore;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.Tests.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>Builds a program from one source file, as in a user's web project.</summary>
internal static class CSharpProgram
{
    // The implicit usings of a web project that the README's programs need.
    private const string Usings = """
        global using System;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        """;

    private static readonly string[] s_libraries =
        [typeof(RpcMemberAttribute).Assembly.Location, typeof(CapnWebEndpoint).Assembly.Location];

    /// <summary>Compiles the program with the generator, and fails on warnings.</summary>
    /// <returns>The path of the assembly, for <c>dotnet</c> to run.</returns>
    public static string Build(string folder, string name, string text)
    {
        _ = Compiled.Driver().RunGeneratorsAndUpdateCompilation(
            Compilation(name, text), out Compilation program, out _, TestContext.Current.CancellationToken);
        Assert.Empty(
            program.GetDiagnostics(TestContext.Current.CancellationToken).Where(each => each.Severity >= DiagnosticSeverity.Warning));
        string path = Path.Combine(folder, name + ".dll");
        Assert.True(program.Emit(path, cancellationToken: TestContext.Current.CancellationToken).Success);
        foreach (string library in s_libraries)
        {
            File.Copy(library, Path.Combine(folder, Path.GetFileName(library)), overwrite: true);
        }

        // The tests use the same shared frameworks as a web project.
        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "WorkerRpc.Tests.runtimeconfig.json"),
            Path.ChangeExtension(path, ".runtimeconfig.json"));
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
                    .Concat(s_libraries)
                    .Select(path => MetadataReference.CreateFromFile(path)),
            ],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
    }
}
