using System.Diagnostics;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A span for each call that is made and each that is served, where somebody listens to the source of this name.</summary>
internal static class SessionTelemetry
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "WorkerRpc.CapnWeb";

    private static readonly ActivitySource Source = new(SourceName);

    public static Activity? StartCall(string? name) => Source.HasListeners() ? Start(name ?? "", ActivityKind.Client) : null;

    public static Activity? StartServed(RpcContract contract, RpcMember member)
    {
        if (!Source.HasListeners())
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
        // The call may end anywhere: it must not be what this thread works on meanwhile.
        Activity? current = Activity.Current;
        Activity? activity = Source.StartActivity(method.Length == 0 ? "call" : method, kind);
        if (activity is not null)
        {
            activity.SetTag("rpc.system", "capnweb");
            activity.SetTag("rpc.method", method);
            Activity.Current = kind == ActivityKind.Client ? current : activity;
        }
        return activity;
    }
}
