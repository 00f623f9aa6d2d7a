using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Generates a contract, dispatch code and a typed stub for each type with [RpcMember] members.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class RpcGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<TargetReading> readings = context.SyntaxProvider
            .ForAttributeWithMetadataName(
                Names.Attribute,
                static (node, _) => node is MethodDeclarationSyntax or BasePropertyDeclarationSyntax,
                static (found, _) => Read(found.TargetSymbol))
            .Where(static reading => reading is not null)
            .Select(static (reading, _) => reading!);
        context.RegisterSourceOutput(readings, Write);
        IncrementalValueProvider<string> assembly =
            context.CompilationProvider.Select(static (each, _) => each.AssemblyName ?? "Assembly");
        context.RegisterSourceOutput(
            readings.Collect().Combine(assembly), static (output, input) => WriteCrossing(output, input.Left, input.Right));
    }

    // Reads the type of a marked member. The generator visits every marked member, so the type is read only for its first one.
    private static TargetReading? Read(ISymbol member) =>
        member.ContainingType is { } type && SymbolEqualityComparer.Default.Equals(type.RpcMembers().FirstOrDefault(), member)
            ? TargetReader.Read(type)
            : null;

    private static void Write(SourceProductionContext output, TargetReading reading)
    {
        foreach (Finding finding in reading.Findings)
        {
            output.ReportDiagnostic(finding.ToDiagnostic());
        }

        if (reading.Target is { } target)
        {
            string space = target.Namespace.Length == 0 ? "" : target.Namespace + ".";
            output.AddSource($"{space}{target.Name}.Rpc.g.cs", ContractText.Of(target));
        }
    }

    private static void WriteCrossing(SourceProductionContext output, ImmutableArray<TargetReading> readings, string assembly)
    {
        DelegateModel[] delegates = [.. readings.SelectMany(each => each.Delegates)
            .GroupBy(each => each.Type).Select(each => each.First()).OrderBy(each => each.Type, StringComparer.Ordinal)];
        string[] converters = [.. readings.SelectMany(each => each.Converters).Distinct().OrderBy(each => each, StringComparer.Ordinal)];
        if (delegates.Length + converters.Length > 0)
        {
            output.AddSource("CrossingTypes.Rpc.g.cs", DelegateText.Of(Identifier(assembly), delegates, converters));
        }
    }

    private static string Identifier(string assembly)
    {
        var name = new StringBuilder("_");
        foreach (char letter in assembly)
        {
            _ = name.Append(char.IsLetterOrDigit(letter) ? letter : '_');
        }

        return name.ToString();
    }
}
