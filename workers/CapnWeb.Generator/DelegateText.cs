namespace WorkerRpc.CapnWeb.Generator;

/// <summary>
/// Writes the C# text of contracts for delegates, and of converters for collections. Both are types in the signatures of RPC members.
/// </summary>
internal static class DelegateText
{
    // The C# text of the member name null, which means that the peer calls the function itself.
    private const string Itself = "null";

    public static string Of(string assembly, IReadOnlyList<DelegateModel> delegates, IReadOnlyList<string> converters)
    {
        var text = new SourceText();
        // Nullable annotations do not exist at run time, so a delegate with and without them shares one contract.
        text.Line("#nullable disable warnings");
        text.Line();
        // The class name contains the assembly's name: with InternalsVisibleTo two assemblies could otherwise clash.
        text.Block($"namespace WorkerRpc.CapnWeb.Generated.{assembly}", () =>
        {
            text.Line("/// <summary>What the signatures of this assembly let cross: functions and collections.</summary>");
            text.Block("internal static class CrossingTypes", () =>
            {
                text.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
                text.Block("internal static void Register()", () =>
                {
                    foreach (string converter in converters)
                    {
                        text.Line($"{CallText.Values}Serialization.RpcCollections.{converter};");
                    }

                    for (int i = 0; i < delegates.Count; i++)
                    {
                        Registration(text, delegates[i], i);
                    }
                });
            });
            for (int i = 0; i < delegates.Count; i++)
            {
                Stub(text, delegates[i], i);
            }
        });
        return text.ToString();
    }

    private static void Registration(SourceText text, DelegateModel type, int index)
    {
        string stub = IsCallable(type) ? $"static stub => new Function{index}(stub).Invoke" : "null";
        text.Line($"{CallText.Sessions}RpcContract.Register(new {CallText.Targets}RpcContract<{type.Type}>(");
        text.Indented(() =>
        {
            text.Line($"{stub},");
            string run = CallText.Dispatch("target", type.Result, type.Parameters);
            string count = CallText.Count(type.Parameters);
            text.Line($"{CallText.Targets}RpcMember<{type.Type}>.Self(static (target, call) => {run}, {count})));");
        });
    }

    private static void Stub(SourceText text, DelegateModel type, int index)
    {
        if (!IsCallable(type))
        {
            return;
        }

        string parameters = string.Join(", ", type.Parameters.Select(each => $"{each.Type} {each.Name}"));
        string call = type.Result.Shape switch
        {
            ResultShape.Nothing => $"Forget({Invoke(type.Result with { Shape = ResultShape.ValueTaskOf })})",
            ResultShape.Value => CallText.Pipeline(Itself, type.Result, CallText.WithoutPromises(type.Parameters)),
            _ => Invoke(type.Result),
        };
        text.Line();
        text.Block(
            $"internal sealed class Function{index}({CallText.Sessions}RpcStub stub) : {CallText.Sessions}RpcDelegateStub(stub)",
            () => text.Line($"public {type.Result.Declared} Invoke({parameters}) => {call};"));

        string Invoke(ResultModel result) => CallText.Invoke(Itself, result, type.Parameters);
    }

    // Whether a delegate can call a peer's function. A delegate without a task cannot wait for the result, unless the result is a stub.
    private static bool IsCallable(DelegateModel type) => type.Result.Shape != ResultShape.Value || type.Result.Stub is not null;
}
