using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The tags of the bindings. A tag names a category of methods, and filters select methods by their tags.</summary>
public static class BindingTags
{
    /// <summary>The tag of the methods that a run without a filter measures.</summary>
    public const string Core = MethodTags.Core;

    /// <summary>The tag of the methods whose cases decide the verdict of a run in which the user selected no method.</summary>
    public const string Verdict = MethodTags.Verdict;

    /// <summary>
    /// The tag of methods that use a library which a user might choose instead. Each is used as its documentation advises.
    /// </summary>
    public const string Peer = MethodTags.Peer;

    /// <summary>The tag of references, which measure only one part of a call, such as the socket. They never affect the verdict.</summary>
    public const string Reference = MethodTags.Reference;

    /// <summary>The tag of remedies. A remedy is compared with the method that it improves. Remedies never affect the verdict.</summary>
    public const string Remedy = MethodTags.Remedy;

    /// <summary>The tag of the Cap'n Web methods and of the references that they are compared with.</summary>
    public const string CapnWeb = MethodTags.CapnWeb;
}
