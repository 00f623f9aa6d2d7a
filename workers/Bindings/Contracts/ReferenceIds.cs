namespace WorkerRpc.Bindings.Contracts;

/// <summary>The ids of the references that methods, limits and reports use.</summary>
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

    /// <summary>Switches to a waiting continuation and back.</summary>
    public const string Hop = "hop";
}

/// <summary>The references that a method cannot undercut.</summary>
/// <param name="Transport">The id of the reference that only moves the bytes.</param>
/// <param name="Serializer">The id of the reference that only encodes and decodes; null for none.</param>
public sealed record ReferenceRows(string Transport, string? Serializer);
