using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>One step of a call along its path: either the result, or the hook at which the call goes on.</summary>
internal readonly struct CallStep
{
    private CallStep(Hook? result, Hook? next, PathRest path) => (Result, Next, Path) = (result, next, path);

    /// <summary>The result. The caller owns it.</summary>
    public Hook? Result { get; }

    /// <summary>The hook at which the call goes on. The caller owns it.</summary>
    public Hook? Next { get; }

    /// <summary>The path from <see cref="Next"/>.</summary>
    public PathRest Path { get; }

    public static CallStep Of(Hook result) => new(result, null, default);

    /// <summary>Goes on at a hook that the caller already owns.</summary>
    public static CallStep GoOnAtOwned(Hook next, PathRest path) => new(null, next, path);

    /// <summary>Goes on at a hook that another hook owns.</summary>
    /// <exception cref="ObjectDisposedException">The hook has been released.</exception>
    public static CallStep GoOnAt(Hook next, PathRest path) => new(null, next.Duplicate(), path);
}
