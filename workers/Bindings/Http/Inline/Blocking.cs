using System.Diagnostics.CodeAnalysis;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>Waits where a synchronous member of the framework's leaves no other way. Never in a call that is measured.</summary>
[SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "The member that is called is synchronous: to block is what its caller asks for.")]
internal static class Blocking
{
    public static void Wait(Task task) => task.GetAwaiter().GetResult();
}
