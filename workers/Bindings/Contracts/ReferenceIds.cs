namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// The ids of the references that methods, limits and reports use. Some end in "floor" although no reference is a lower bound: filters,
/// scripts and older reports have these ids.
/// </summary>
public static class ReferenceIds
{
    /// <summary>The id of the reference that copies the bytes of a message in memory.</summary>
    public const string MemoryCopy = "memory-copy";

    /// <summary>The id of the reference that only encodes and decodes messages as JSON.</summary>
    public const string Json = "json-floor";

    /// <summary>The id of the reference that only encodes and decodes messages as MessagePack.</summary>
    public const string MessagePack = "messagepack-floor";

    /// <summary>The id of the reference that echoes a body over HTTP without parsing the body.</summary>
    public const string Http = "http-floor";

    /// <summary>The id of the reference that echoes bytes over TCP.</summary>
    public const string Tcp = "tcp-floor";

    /// <summary>The id of the reference that echoes bytes over a Unix domain socket.</summary>
    public const string Unix = "unix-floor";

    /// <summary>The id of the reference that echoes bytes over a pair of in-memory pipes.</summary>
    public const string Pipe = "pipe-floor";

    /// <summary>The id of the reference that only resumes a waiting continuation and is resumed by it.</summary>
    public const string Hop = "hop";
}

/// <summary>
/// The references to compare a method with: a call contains the work that each reference measures. They are no lower bound of its time,
/// because a thread can be woken sooner for the method.
/// </summary>
/// <param name="Transport">The id of the reference that only transfers the method's bytes.</param>
/// <param name="Serializer">
/// The id of the reference that only encodes and decodes messages. Null if the method does not encode messages.
/// </param>
public sealed record ReferenceRows(string Transport, string? Serializer);
