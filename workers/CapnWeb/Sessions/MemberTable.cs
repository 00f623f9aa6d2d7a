using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Finds members by the UTF-8 bytes of their names, without allocating a string.</summary>
internal sealed class MemberTable
{
    private const int ShortName = 64;

    // A UTF-16 code unit needs at most three bytes in UTF-8.
    private const int MaxBytesPerUnit = 3;

    // The index is the length of the name. Usually few members have names of the same length.
    private readonly RpcMember[][] _byLength;

    public MemberTable(Type type, IReadOnlyList<RpcMember> members)
    {
        if (members.GroupBy(member => member.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"{type} has {twice.Count()} members named '{twice.Key}': expected one of each name.");
        }

        int longest = members.Count == 0 ? 0 : members.Max(member => member.Utf8Name.Length);
        _byLength = [.. Enumerable.Range(0, longest + 1)
            .Select(length => members.Where(member => member.Utf8Name.Length == length).ToArray())];
    }

    /// <summary>Finds a member by its name as a string, without allocating.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out RpcMember? member)
    {
        member = null;
        if (name.Length >= _byLength.Length)
        {
            return false;
        }

        Span<byte> utf8 = name.Length <= ShortName ? stackalloc byte[ShortName * MaxBytesPerUnit] : new byte[name.Length * MaxBytesPerUnit];
        // A lone surrogate fails, because no member has such a name.
        return Utf8.FromUtf16(name, utf8, out _, out int length, replaceInvalidSequences: false) == OperationStatus.Done
            && TryGet(utf8[..length], out member);
    }

    public bool TryGet(ReadOnlySpan<byte> name, [NotNullWhen(true)] out RpcMember? member)
    {
        if (name.Length < _byLength.Length)
        {
            foreach (RpcMember candidate in _byLength[name.Length])
            {
                if (name.SequenceEqual(candidate.Utf8Name))
                {
                    member = candidate;
                    return true;
                }
            }
        }

        member = null;
        return false;
    }
}
