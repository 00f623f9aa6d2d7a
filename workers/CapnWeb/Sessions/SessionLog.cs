using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes log messages of a session under the category of <see cref="RpcSession"/>.</summary>
internal sealed partial class SessionLog(ILoggerFactory? factory)
{
    private readonly ILogger _logger = factory?.CreateLogger<RpcSession>() ?? (ILogger)NullLogger.Instance;

    public void Ended(Exception error, SessionEnd how)
    {
        if (how is SessionEnd.Aborted)
        {
            Aborted(error);
        }
        else
        {
            Over(how, error.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The session is over ({How}): {Reason}")]
    private partial void Over(SessionEnd how, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The session was aborted")]
    private partial void Aborted(Exception error);

    [LoggerMessage(3, LogLevel.Debug, "A call of {Member} failed")]
    public partial void CallFailed(string member, Exception error);

    [LoggerMessage(4, LogLevel.Warning, "Code of the application failed where nobody can be told")]
    public partial void CallbackFailed(Exception error);

    [LoggerMessage(5, LogLevel.Warning, "{Target} could not be disposed")]
    public partial void DisposalFailed(object target, Exception error);

    [LoggerMessage(6, LogLevel.Debug, "The transport could not be closed after the session was over ({How})")]
    public partial void CloseFailed(Exception error, SessionEnd how);

    [LoggerMessage(7, LogLevel.Debug, "The transport was closed with messages unsent: the peer does not read")]
    public partial void Unsent();
}
