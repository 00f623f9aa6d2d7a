using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Writes log messages of a session under the category of <see cref="RpcSession"/>. A peer must not be able to fill the log. So a session
/// writes at most one line a minute, and nothing at its end if it wrote a line before. All sessions together have a limit too. Only
/// unexpected exceptions of calls are always logged, because the peer gets their id. No line contains text of the peer.
/// </summary>
internal sealed partial class SessionLog(ILoggerFactory? factory, TimeProvider clock)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(1);

    private readonly SharedLog _shared = SharedLog.Of(factory);
    private readonly Lock _lock = new();
    private long _lineAt;
    private bool _hasLine;

    private ILogger Logger => _shared.Logger;

    public void Ended(Exception error, SessionEnd how)
    {
        // A lost connection is ordinary, for example of a telephone that leaves its network.
        bool isBroken = how is SessionEnd.Aborted && error is not (RpcBrokenException or IOException or OperationCanceledException);
        if (!TryTakeLine(isBroken ? LogLevel.Warning : LogLevel.Debug, isEnd: true, out int skipped))
        {
            return;
        }

        if (isBroken)
        {
            Aborted(Logger, ReasonOf(error), skipped);
        }
        else
        {
            Over(Logger, how, ReasonOf(error));
        }
    }

    /// <summary>
    /// Returns the error that is sent instead of an unexpected exception. Logs the exception at the first call for it, under the id that
    /// the error contains.
    /// </summary>
    /// <param name="error">The unexpected exception.</param>
    /// <param name="member">The name of the member that threw it. It is null if it is unknown.</param>
    public RpcException General(Exception error, string? member) => _shared.General(error, member, clock);

    public void CallbackFailed(Exception error)
    {
        if (TryTakeLine(LogLevel.Warning, isEnd: false, out int skipped))
        {
            CallbackFailed(Logger, skipped, error);
        }
    }

    public void DisposalFailed(object target, Exception error)
    {
        if (TryTakeLine(LogLevel.Warning, isEnd: false, out int skipped))
        {
            DisposalFailed(Logger, target.GetType(), skipped, error);
        }
    }

    public void CloseFailed(Exception error, SessionEnd how)
    {
        if (TryTakeLine(LogLevel.Debug, isEnd: true, out _))
        {
            CloseFailed(Logger, how, ReasonOf(error));
        }
    }

    public void Unsent()
    {
        if (TryTakeLine(LogLevel.Debug, isEnd: true, out _))
        {
            Unsent(Logger);
        }
    }

    // The message of another exception may be text of the peer, for example the reason of its abort.
    private static string ReasonOf(Exception error) => error is RpcProtocolException ? error.Message : error.GetType().Name;

    private bool TryTakeLine(LogLevel level, bool isEnd, out int skipped)
    {
        skipped = 0;
        if (!Logger.IsEnabled(level))
        {
            return false;
        }

        lock (_lock)
        {
            if (_hasLine && (isEnd || clock.GetElapsedTime(_lineAt) < s_quiet))
            {
                return false;
            }

            (_hasLine, _lineAt) = (true, clock.GetTimestamp());
        }

        return (level is LogLevel.Debug ? _shared.DebugLines : _shared.SessionLines).TryTake(clock, out skipped);
    }

    [LoggerMessage(1, LogLevel.Debug, "The session is over ({How}): {Reason}")]
    private static partial void Over(ILogger logger, SessionEnd how, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The session was aborted: {Reason} Lines of sessions left out before this one: {Skipped}")]
    private static partial void Aborted(ILogger logger, string reason, int skipped);

    [LoggerMessage(
        4,
        LogLevel.Warning,
        "Code of the application failed where nobody can be told. Lines of sessions left out before this one: {Skipped}")]
    private static partial void CallbackFailed(ILogger logger, int skipped, Exception error);

    [LoggerMessage(5, LogLevel.Warning, "{Type} could not be disposed. Lines of sessions left out before this one: {Skipped}")]
    private static partial void DisposalFailed(ILogger logger, Type type, int skipped, Exception error);

    [LoggerMessage(6, LogLevel.Debug, "The transport could not be closed after the session was over ({How}): {Reason}")]
    private static partial void CloseFailed(ILogger logger, SessionEnd how, string reason);

    [LoggerMessage(7, LogLevel.Debug, "The transport was closed with messages unsent: the peer does not read")]
    private static partial void Unsent(ILogger logger);
}
