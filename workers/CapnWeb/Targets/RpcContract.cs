using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>What a peer can reach on targets of one type, and nothing else of them.</summary>
public abstract class RpcContract
{
    private readonly MemberTable _members;

    private protected RpcContract(Type type, RpcMember[] members)
    {
        Type = type;
        Self = Array.Find(members, member => member.Kind == RpcMemberKind.Self);
        Members = Array.FindAll(members, member => member.Kind != RpcMemberKind.Self);
        _members = new MemberTable(type, Members);
    }

    /// <summary>The interface, class or delegate type.</summary>
    public Type Type { get; }

    /// <summary>The members with a name.</summary>
    public IReadOnlyList<RpcMember> Members { get; }

    /// <summary>What a call of the target itself runs; null where it cannot be called.</summary>
    public RpcMember? Self { get; }

    /// <summary>Reads and writes values of this type as references.</summary>
    internal abstract JsonConverter Converter { get; }

    /// <summary>The same as metadata, for resolvers that reflect on nothing.</summary>
    internal abstract JsonTypeInfo CreateTypeInfo(JsonSerializerOptions options);

    /// <summary>The contract of exactly this type: none of its bases' or interfaces'.</summary>
    public static bool TryFind(Type type, [NotNullWhen(true)] out RpcContract? contract) => ContractTable.TryFind(type, out contract);

    /// <summary>The contract of exactly this type.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static RpcContract Find(Type type) => TryFind(type, out RpcContract? contract)
        ? contract
        : throw new ArgumentException(
            $"{type} has no contract: expected an interface or class with [RpcMember] members, in a project with the generator.");

    /// <summary>Makes a contract known to every session of the process. A type keeps its first one.</summary>
    public static void Register(RpcContract contract) => ContractTable.Add(contract);

    /// <summary>The member with this name, in UTF-8 without escapes.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out RpcMember? member) => _members.TryGet(name, out member);
}
