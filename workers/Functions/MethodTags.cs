namespace WorkerRpc.Functions;

/// <summary>The categories of methods that workers, runs and reports share: tags select methods in filters.</summary>
public static class MethodTags
{
    /// <summary>The methods that a run without a filter measures.</summary>
    public const string Core = "core";

    /// <summary>The methods whose cases decide a run's verdict.</summary>
    public const string Verdict = "verdict";

    /// <summary>Libraries that a user might choose instead, each used as its documentation advises.</summary>
    public const string Peer = "peer";

    /// <summary>References: they measure one part of a call, such as the socket or the serializer. Never in a verdict.</summary>
    public const string Reference = "reference";

    /// <summary>Remedies for slow delegation, each to be compared with the method that it improves. Never in a verdict.</summary>
    public const string Remedy = "remedy";

    /// <summary>The methods of Cap'n Web, and the references that they are compared with.</summary>
    public const string CapnWeb = "capnweb";
}
