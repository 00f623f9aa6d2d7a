using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>The categories that bindings share.</summary>
public static class BindingTags
{
    /// <summary>The methods that a run without a filter measures.</summary>
    public const string Core = MethodTags.Core;

    /// <summary>The methods whose cells decide a run's verdict.</summary>
    public const string Verdict = MethodTags.Verdict;

    /// <summary>Libraries that a user would weigh instead, each as its own documentation advises.</summary>
    public const string Peer = MethodTags.Peer;

    /// <summary>Rows that are no method: what physics and serializers leave. Never in a verdict.</summary>
    public const string Reference = MethodTags.Reference;

    /// <summary>Rows of what helps where delegation is too dear, each beside what it is held against. Never in a verdict.</summary>
    public const string Remedy = MethodTags.Remedy;

    /// <summary>The methods of Cap'n Web, and the rows that they are held against.</summary>
    public const string CapnWeb = MethodTags.CapnWeb;
}
