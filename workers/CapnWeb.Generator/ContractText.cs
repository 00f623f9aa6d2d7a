namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Writes the C# text of a type's contract: the members that a peer can reach, and the code that runs each member.</summary>
internal static class ContractText
{
    public static string Of(TargetModel target)
    {
        var text = new SourceText();
        text.Line();
        text.Namespace(target.Namespace, () =>
        {
            text.Line($"/// <summary>What a peer can reach of <see cref=\"{target.Type}\"/>.</summary>");
            text.Block($"internal static class {target.Name}RpcContract", () =>
            {
                text.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
                text.Block("internal static void Register()", () => Registration(text, target));
            });
            if (target.StubName is not null)
            {
                text.Line();
                StubText.Write(text, target);
            }
        });
        return text.ToString();
    }

    private static void Registration(SourceText text, TargetModel target)
    {
        string stub = target.StubName is null ? "null" : $"static stub => new {target.StubName}(stub)";
        text.Line($"{CallText.Sessions}RpcContract.Register(new {CallText.Targets}RpcContract<{target.Type}>(");
        text.Indented(() =>
        {
            text.Line($"{stub},");
            for (int i = 0; i < target.Members.Count; i++)
            {
                text.Line(Member(target, target.Members[i]) + (i == target.Members.Count - 1 ? "));" : ","));
            }
        });
    }

    private static string Member(TargetModel target, MemberModel member)
    {
        string run = member.IsProperty
            ? $"call.Return(target.{member.Name})"
            : CallText.Dispatch($"target.{member.Name}", member.Result, member.Parameters);
        string kind = member.IsProperty ? "Property" : "Method";
        string count = member.IsProperty ? "" : $", {CallText.Count(member.Parameters)}";
        string name = Names.Literal(member.WireName);
        return $"{CallText.Targets}RpcMember<{target.Type}>.{kind}({name}, static (target, call) => {run}{count})";
    }
}
