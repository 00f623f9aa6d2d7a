namespace WorkerRpc.Functions;

/// <summary>The categories of methods that workers, runs and reports share.</summary>
public static class MethodTags
{
    /// <summary>The methods that a run without a filter measures.</summary>
    public const string Core = "core";

    /// <summary>The methods whose cases decide a run's verdict.</summary>
    public const string Verdict = "verdict";

    /// <summary>Libraries that a user might choose instead, each used as its documentation advises.</summary>
    public const string Peer = "peer";

    /// <summary>Rows that are no method: the time that physics and serializers need. Never in a verdict.</summary>
    public const string Reference = "reference";

    /// <summary>Rows that show what helps where delegation is too slow. Never in a verdict.</summary>
    public const string Remedy = "remedy";

    /// <summary>The methods of Cap'n Web, and the rows that they are compared with.</summary>
    public const string CapnWeb = "capnweb";
}
