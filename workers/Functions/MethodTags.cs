namespace WorkerRpc.Functions;

/// <summary>
/// The tags of methods, as workers, runs and reports use them. A tag names a category, and filters select methods by tag.
/// </summary>
public static class MethodTags
{
    /// <summary>The tag of the methods that a run without a filter measures.</summary>
    public const string Core = "core";

    /// <summary>The tag of the methods whose cases decide the verdict of a run in which the user selected no method.</summary>
    public const string Verdict = "verdict";

    /// <summary>
    /// The tag of methods that use a library which a user might choose instead. Each is used as its documentation advises.
    /// </summary>
    public const string Peer = "peer";

    /// <summary>The tag of references, which measure only one part of a call, such as the socket. They never affect the verdict.</summary>
    public const string Reference = "reference";

    /// <summary>The tag of remedies. A remedy is compared with the method that it improves. Remedies never affect the verdict.</summary>
    public const string Remedy = "remedy";

    /// <summary>The tag of the Cap'n Web methods and of the references that they are compared with.</summary>
    public const string CapnWeb = "capnweb";
}
