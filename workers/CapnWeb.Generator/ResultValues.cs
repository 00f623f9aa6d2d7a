using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Finds the values that a returned expression consists of.</summary>
internal static class ResultValues
{
    public static IEnumerable<IOperation> Of(IOperation? returned) => returned switch
    {
        null => [],
        IConversionOperation conversion => Of(conversion.Operand),
        IParenthesizedOperation parenthesized => Of(parenthesized.Operand),
        IConditionalOperation conditional => Of(conditional.WhenTrue).Concat(Of(conditional.WhenFalse)),
        ICoalesceOperation coalesce => Of(coalesce.Value).Concat(Of(coalesce.WhenNull)),
        IAssignmentOperation assignment => Of(assignment.Target).Concat(Of(assignment.Value)),
        // Task.FromResult(stub) and ValueTask.FromResult(stub).
        IInvocationOperation { TargetMethod.Name: "FromResult" } call => call.Arguments.SelectMany(each => Of(each.Value)),
        // new ValueTask<IStub>(stub), and records with stubs.
        IObjectCreationOperation made => made.Arguments.SelectMany(each => Of(each.Value)).Concat(Of(made.Initializer)),
        IObjectOrCollectionInitializerOperation initializer => initializer.Initializers.SelectMany(Of),
        IArrayCreationOperation array => array.Initializer?.ElementValues.SelectMany(Of) ?? [],
        ICollectionExpressionOperation collection => collection.Elements.SelectMany(Of),
        _ => [returned],
    };
}
