using System.Diagnostics.CodeAnalysis;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// Blocks the thread until a task completes, for the synchronous members of streams. No measured call uses these members.
/// </summary>
[SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "A synchronous member has to block.")]
internal static class Blocking
{
    public static void Wait(Task task) => task.GetAwaiter().GetResult();

    public static T Wait<T>(ValueTask<T> task) => task.IsCompleted ? task.Result : task.AsTask().GetAwaiter().GetResult();
}
