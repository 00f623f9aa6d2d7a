using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace WorkerRpc.Hostile.Targets;

/// <summary>Waits for tasks. A fuzz target runs its input to the end before it returns, so it has to block.</summary>
[SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "A fuzz target has to block.")]
internal static class Blocking
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits for a task's end, but at most 10 s. Returns false if the task has not ended by then.</summary>
    public static bool TryWait(Task task) => task.IsCompleted || ((IAsyncResult)task).AsyncWaitHandle.WaitOne(s_patience);

    /// <summary>Like <see cref="TryWait(Task)"/>, but does something again and again until the task has ended.</summary>
    public static bool TryWait(Task task, Action meanwhile)
    {
        for (long began = Stopwatch.GetTimestamp(); !task.IsCompleted && Stopwatch.GetElapsedTime(began) < s_patience; Thread.Yield())
        {
            meanwhile();
        }

        return task.IsCompleted;
    }

    /// <summary>Waits for a task, but at most 10 s, and throws its exception if it failed.</summary>
    /// <exception cref="TimeoutException">The task has not ended by then.</exception>
    public static void Wait(Task task)
    {
        if (!TryWait(task))
        {
            throw new TimeoutException($"Nothing happened for {s_patience.TotalSeconds} s.");
        }

        task.GetAwaiter().GetResult();
    }

    /// <inheritdoc cref="Wait(Task)"/>
    public static T Wait<T>(Task<T> task)
    {
        Wait((Task)task);
        return task.Result;
    }
}
