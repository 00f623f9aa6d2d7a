using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using WorkerRpc.CapnWeb.Generator;
using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>The result of compiling a source with the generator, with all warnings on.</summary>
internal sealed record Compiled(
    ImmutableArray<Diagnostic> Findings, IReadOnlyDictionary<string, string> Files, ImmutableArray<Diagnostic> Diagnostics)
{
    public const string SourceFile = "Source.cs";

    private const string Usings = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using WorkerRpc.CapnWeb.Sessions;
        using WorkerRpc.CapnWeb.Targets;

        """;

    private static readonly CSharpParseOptions s_parsing = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(typeof(RpcMemberAttribute).Assembly.Location),
    ];

    /// <summary>Compiles a source and collects the generated files and all diagnostics.</summary>
    public static Compiled Of(string source)
    {
        GeneratorDriver driver = Driver().RunGeneratorsAndUpdateCompilation(
            Compilation(source), out Compilation output, out ImmutableArray<Diagnostic> findings, TestContext.Current.CancellationToken);
        return new Compiled(
            findings,
            driver.GetRunResult().Results[0].GeneratedSources.ToDictionary(file => file.HintName, file => file.SourceText.ToString()),
            [.. output.GetDiagnostics(TestContext.Current.CancellationToken).Where(each => each.Severity >= DiagnosticSeverity.Warning)]);
    }

    public static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        [new RpcGenerator().AsSourceGenerator()],
        parseOptions: s_parsing,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    public static CSharpCompilation Compilation(string source) => CSharpCompilation.Create(
        "User.App",
        [Parse(source)],
        s_references,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static SyntaxTree Parse(string source) => CSharpSyntaxTree.ParseText(Usings + source, s_parsing, SourceFile);
}
