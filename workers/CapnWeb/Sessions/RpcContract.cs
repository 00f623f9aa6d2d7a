using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Values.Serialization;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The members that a peer can reach on targets of one type. The peer cannot reach other members of that type.</summary>
public abstract class RpcContract : IReferenceType
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

    /// <summary>The members that can be reached by name.</summary>
    public IReadOnlyList<RpcMember> Members { get; }

    /// <summary>The member that runs when the target itself is called. It is null if the target is not a function.</summary>
    public RpcMember? Self { get; }

    JsonConverter IReferenceType.Converter => Converter;

    // A contract does not apply to subclasses of its type.
    bool IReferenceType.IncludesSubclasses => false;

    /// <summary>Reads and writes values of the type as references.</summary>
    internal abstract JsonConverter Converter { get; }

    /// <summary>Finds the contract of exactly this type. Contracts of base types and interfaces are ignored.</summary>
    public static bool TryFind(Type type, [NotNullWhen(true)] out RpcContract? contract)
    {
        contract = ReferenceTypes.TryFind(type, out IReferenceType? found) ? found as RpcContract : null;
        return contract is not null;
    }

    /// <summary>Finds the contract of exactly this type.</summary>
    /// <exception cref="ArgumentException">The type has no contract.</exception>
    public static RpcContract Find(Type type) => TryFind(type, out RpcContract? contract)
        ? contract
        : throw new ArgumentException(
            $"{type} has no contract: expected an interface or class with [RpcMember] members, in a project with the generator.");

    /// <summary>Registers a contract for the whole process. If a type is registered twice, its first contract applies.</summary>
    public static void Register(RpcContract contract) => ReferenceTypes.Add(contract);

    /// <summary>Finds a member by its name in UTF-8, without escapes.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out RpcMember? member) => _members.TryGet(name, out member);

    internal bool TryGet(string name, [NotNullWhen(true)] out RpcMember? member) => _members.TryGet(name, out member);

    JsonTypeInfo IReferenceType.CreateTypeInfo(JsonSerializerOptions options) => CreateTypeInfo(options);

    internal abstract JsonTypeInfo CreateTypeInfo(JsonSerializerOptions options);

    /// <summary>Creates a typed stub, which takes over the reference. Returns null if the type has no stub.</summary>
    internal abstract object? CreateStub(RpcStub reference);
}
