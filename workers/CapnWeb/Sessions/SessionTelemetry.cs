using System.Diagnostics;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Creates a tracing span for each outgoing and each incoming call, if there is a listener for the activity source.</summary>
internal static class SessionTelemetry
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "WorkerRpc.CapnWeb";

    private static readonly ActivitySource s_source = new(SourceName);

    public static Activity? StartCall(string? name) => s_source.HasListeners() ? Start(name ?? "", ActivityKind.Client) : null;

    public static Activity? StartServed(RpcContract contract, RpcMember member)
    {
        if (!s_source.HasListeners())
        {
            return null;
        }

        Activity? activity = Start(member.Name, ActivityKind.Server);
        activity?.SetTag("rpc.service", contract.Type.Name);
        return activity;
    }

    public static void Failed(Activity? activity, Exception error) => activity?.SetStatus(ActivityStatusCode.Error, error.Message);

    private static Activity? Start(string method, ActivityKind kind)
    {
        // The call may end on any thread, so its span must not stay current on this one.
        Activity? current = Activity.Current;
        Activity? activity = s_source.StartActivity(method.Length == 0 ? "call" : method, kind);
        if (activity is not null)
        {
            activity.SetTag("rpc.system", "capnweb");
            activity.SetTag("rpc.method", method);
            Activity.Current = kind == ActivityKind.Client ? current : activity;
        }

        return activity;
    }
}
