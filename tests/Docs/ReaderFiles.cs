using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace WorkerRpc.Tests.Docs;

/// <summary>
/// Makes the files that documented commands need and the repository lacks: a payload, and an assembly with the transport of
/// docs/own-transport.md and the function of docs/own-function.md.
/// </summary>
internal static class ReaderFiles
{
    private const string Payload = "orders.json";

    private const string Json = """
        [{ "id": 1, "customer": "Ada", "items": ["tea", "biscuits"] }, { "id": 2, "customer": "Grace", "items": [] }]
        """;

    private const string Transport = "MyTransport.dll";

    // The SDK adds these for the ImplicitUsings in the page's project file.
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    /// <summary>Makes the files in a folder.</summary>
    /// <returns>The path of each file, by its name on the pages.</returns>
    public static IReadOnlyDictionary<string, string> MakeIn(string folder)
    {
        string payload = Path.Combine(folder, Payload);
        File.WriteAllText(payload, Json);
        string transport = Path.Combine(folder, Transport);
        Compile(transport);
        return new Dictionary<string, string> { [Payload] = payload, [Transport] = transport };
    }

    /// <summary>The one block of C# of a page.</summary>
    public static string CodeOf(string page) => Assert.Single(MarkdownPage.Read(page).Blocks, block => block.Info == "csharp").Text;

    private static void Compile(string path)
    {
        string[] pages = ["docs/own-transport.md", "docs/own-function.md"];
        string[] assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var parsing = new CSharpParseOptions(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            // The name is unique, because a process loads only one assembly of a name.
            $"MyTransport{Guid.NewGuid():N}",
            [
                CSharpSyntaxTree.ParseText(ImplicitUsings, parsing),
                .. pages.Select(page => CSharpSyntaxTree.ParseText(CodeOf(page), parsing, page)),
            ],
            assemblies.Select(assembly => MetadataReference.CreateFromFile(assembly)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Assert.Empty(compilation.GetDiagnostics(cancellation).Where(each => each.Severity >= DiagnosticSeverity.Warning));
        Assert.True(compilation.Emit(path, cancellationToken: cancellation).Success);
    }
}
