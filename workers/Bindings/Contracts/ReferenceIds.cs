namespace WorkerRpc.Bindings.Contracts;

/// <summary>The ids of the reference rows that methods, bounds and reports name.</summary>
public static class ReferenceIds
{
    /// <summary>Copies the bytes in memory.</summary>
    public const string MemoryCopy = "memory-copy";

    /// <summary>Encodes and decodes JSON.</summary>
    public const string Json = "json-floor";

    /// <summary>Encodes and decodes MessagePack.</summary>
    public const string MessagePack = "messagepack-floor";

    /// <summary>Echoes a body over HTTP without parsing it.</summary>
    public const string Http = "http-floor";

    /// <summary>Echoes bytes over TCP.</summary>
    public const string Tcp = "tcp-floor";

    /// <summary>Echoes bytes over a Unix domain socket.</summary>
    public const string Unix = "unix-floor";

    /// <summary>Echoes bytes over a pair of pipes.</summary>
    public const string Pipe = "pipe-floor";

    /// <summary>Resumes a waiting continuation and returns.</summary>
    public const string Hop = "hop";
}

/// <summary>The reference rows that a method cannot undercut.</summary>
/// <param name="Transport">The id of the row that only moves the bytes.</param>
/// <param name="Serializer">The id of the row that only encodes and decodes; null where there is no such row.</param>
public sealed record ReferenceRows(string Transport, string? Serializer);
