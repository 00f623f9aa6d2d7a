namespace WorkerRpc.CapnWeb.Generator;

/// <summary>
/// Writes the C# text of a typed stub. The members of its interface are ordinary calls. Its own members are pipelined calls.
/// </summary>
internal static class StubText
{
    public static void Write(SourceText text, TargetModel target)
    {
        string see = $"<see cref=\"{target.Type}\"/>";
        text.Line("/// <summary>");
        text.Line($"/// A peer's {see}, or the promise of one. Calls through the interface are awaited one by one; those of this");
        text.Line("/// class can be called on, and used as arguments, before they have come.");
        text.Line("/// </summary>");
        text.Block(
            $"{target.Accessibility} sealed class {target.StubName} : {CallText.Sessions}RpcPromise<{target.Type}>, {target.Type}",
            () =>
            {
                text.Line("/// <summary>Takes a reference over: from now on it is this object's to dispose.</summary>");
                text.Line($"public {target.StubName}({CallText.Sessions}RpcStub stub)");
                text.Indented(() => text.Line(": base(stub)"));
                text.Line("{");
                text.Line("}");
                foreach (MemberModel member in target.Members)
                {
                    Member(text, target, member);
                }

                foreach (UnreachableModel member in target.Unreachable)
                {
                    text.Line();
                    text.Line(Unreachable(member));
                }
            });
    }

    private static void Member(SourceText text, TargetModel target, MemberModel member)
    {
        text.Line();
        text.Line(Plain(target, member));
        text.Line();
        text.Line($"/// <summary>As <see cref=\"{member.DocumentationId}\"/>, pipelined.</summary>");
        text.Line(Pipelined(member));
    }

    private static string Plain(TargetModel target, MemberModel member)
    {
        string head = $"{member.Result.Declared} {target.Type}.{member.Name}";
        if (member.Result.Shape == ResultShape.Value)
        {
            return head + (member.IsProperty ? "" : $"({Declared(member)})") + $" => {PipelinedCall(member, plain: true)};";
        }

        if (!member.IsProperty)
        {
            return $"{head}({Declared(member)}) => {CallText.Invoke(Wire(member), member.Result, member.Parameters)};";
        }

        string read = $"base.Property<{member.Result.Type}>({Wire(member)})";
        return $"{head} => " + member.Result.Shape switch
        {
            ResultShape.ValueTaskOf => $"{read}.AsValueTask();",
            ResultShape.ValueTask => $"{CallText.Values}RpcVoid.Await({read}.AsValueTask());",
            _ => $"{read}.AsTask();",
        };
    }

    private static string Pipelined(MemberModel member) =>
        $"public {CallText.PipelinedResult(member.Result)} {member.StubName}"
        + (member.IsProperty ? "" : $"({PipelinedParameters(member)})")
        + $" => {PipelinedCall(member, plain: false)};";

    private static string PipelinedCall(MemberModel member, bool plain)
    {
        if (!member.IsProperty)
        {
            return CallText.Pipeline(Wire(member), member.Result, plain ? CallText.WithoutPromises(member.Parameters) : member.Parameters);
        }

        string read = $"base.Property<{member.Result.Type}>({Wire(member)})";
        return member.Result.Stub is null ? read : $"new {member.Result.Stub}({read})";
    }

    // Writes the parameters without their defaults, because C# warns about defaults on an explicit implementation.
    private static string Declared(MemberModel member) => string.Join(", ", member.Parameters.Select(each => $"{each.Type} {each.Name}"));

    private static string PipelinedParameters(MemberModel member)
    {
        string[] texts = new string[member.Parameters.Count];
        bool isTail = true;
        for (int i = texts.Length - 1; i >= 0; i--)
        {
            ParameterModel each = member.Parameters[i];
            string type = each.IsCancellation ? each.Type : CallText.PipelinedType(each);
            string? missing = each.CanBePromise && each.Default is not null || each.IsCancellation && isTail ? "default" : each.Default;
            isTail &= missing is not null;
            texts[i] = $"{type} {each.Name}" + (missing is null ? "" : $" = {missing}");
        }

        return string.Join(", ", texts);
    }

    private static string Wire(MemberModel member) => Names.Literal(member.WireName);

    private static string Unreachable(UnreachableModel member)
    {
        string message = Names.Literal($"{member.Name} is no RPC member: expected one with [RpcMember].");
        return member.Text.Replace("$", $"throw new global::System.NotSupportedException({message});");
    }
}
