using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>
/// Warns when an RPC member returns a stub that it also keeps. A result gives its stubs away, so the second call would return a disposed
/// stub.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KeptStubAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "CAPNWEB015",
        "A result gives its stubs away",
        "'{0}' returns the stub in '{1}', which ends with this answer: expected RpcReference.Duplicate({1})",
        "CapnWeb",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_rule];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolStartAction(StartType, SymbolKind.NamedType);
    }

    private static void StartType(SymbolStartAnalysisContext context)
    {
        var kept = new ConcurrentBag<(ISymbol Member, IOperation Value, ISymbol Place)>();
        // The fields and properties of interface types that contain a stub. Others contain objects of this process.
        var stubPlaces = new ConcurrentDictionary<ISymbol, bool>(SymbolEqualityComparer.Default);
        context.RegisterOperationAction(
            each =>
            {
                if (RpcMember(each.ContainingSymbol) is { } member && !IsInFunction(each.Operation))
                {
                    foreach (IOperation value in ResultValues.Of(((IReturnOperation)each.Operation).ReturnedValue))
                    {
                        if (Place(value) is { } place)
                        {
                            kept.Add((member, value, place));
                        }
                    }
                }
            },
            OperationKind.Return);
        context.RegisterOperationAction(
            each =>
            {
                var assignment = (IAssignmentOperation)each.Operation;
                if (Place(assignment.Target) is { } place && MakesStub(assignment.Value, each.ContainingSymbol))
                {
                    _ = stubPlaces.TryAdd(place, true);
                }
            },
            OperationKind.SimpleAssignment,
            OperationKind.CoalesceAssignment);
        context.RegisterSymbolEndAction(end =>
        {
            foreach ((ISymbol member, IOperation value, ISymbol place) in kept)
            {
                if (IsStub(value.Type, place, member, stubPlaces))
                {
                    end.ReportDiagnostic(Diagnostic.Create(
                        s_rule, value.Syntax.GetLocation(), SignatureRules.Name(member), value.Syntax.ToString()));
                }
            }
        });
    }

    // A parameter of an interface type always contains a stub: the peer cannot pass anything else. A parameter of a constructor does not.
    private static bool IsStub(ITypeSymbol? type, ISymbol place, ISymbol member, ConcurrentDictionary<ISymbol, bool> stubPlaces) =>
        type is not null && (type.IsStub() || (CanBeStub(type)
            && (SymbolEqualityComparer.Default.Equals(place.ContainingSymbol, member) || stubPlaces.ContainsKey(place))));

    private static bool CanBeStub(ITypeSymbol type) => type.IsRpcInterface() || type.TypeKind == TypeKind.Delegate;

    private static bool MakesStub(IOperation value, ISymbol containing) => ResultValues.Of(value).Any(each => each switch
    {
        IAwaitOperation => true,
        IParameterReferenceOperation => RpcMember(containing) is not null,
        IInvocationOperation { TargetMethod: { Name: "As" or "GetMain" or "Duplicate" } called } =>
            called.ContainingNamespace.ToDisplayString() == "WorkerRpc.CapnWeb.Sessions",
        _ => false,
    });

    private static ISymbol? Place(IOperation value) => value switch
    {
        IFieldReferenceOperation field => field.Field,
        IPropertyReferenceOperation
        {
            Instance: null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance },
        } property => property.Property,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private static bool IsInFunction(IOperation operation)
    {
        for (IOperation? each = operation; each is not null; each = each.Parent)
        {
            if (each is IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Returns the RPC member that the code belongs to: it has the attribute, or the member of an interface has it.</summary>
    private static ISymbol? RpcMember(ISymbol containing)
    {
        ISymbol member = (containing as IMethodSymbol)?.AssociatedSymbol ?? containing;
        bool isRpc = member.RpcMember() is not null || member.ContainingType.AllInterfaces
            .SelectMany(each => each.RpcMembers())
            .Any(each => SymbolEqualityComparer.Default.Equals(member.ContainingType.FindImplementationForInterfaceMember(each), member));
        return isRpc ? member : null;
    }
}
