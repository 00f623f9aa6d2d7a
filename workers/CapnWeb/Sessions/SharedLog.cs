using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The log of all sessions with the same logger factory, and the limits of its lines.</summary>
internal sealed partial class SharedLog(ILogger logger)
{
    private const int MaxSessionLines = 10;
    private const int MaxErrorLines = 100;

    private static readonly ConditionalWeakTable<ILoggerFactory, SharedLog> s_logs = [];

    // The error for each exception, so that an exception which several calls report is logged once.
    private static readonly ConditionalWeakTable<Exception, RpcException> s_general = [];

    private static readonly SharedLog s_none = new(NullLogger.Instance);

    private readonly LineLimit _errorLines = new(MaxErrorLines);
    private readonly ConcurrentDictionary<Type, string> _lastIds = [];

    public ILogger Logger { get; } = logger;

    /// <summary>The limit of Debug lines. They have their own, so that they displace no warning.</summary>
    public LineLimit DebugLines { get; } = new(MaxSessionLines);

    public LineLimit SessionLines { get; } = new(MaxSessionLines);

    public static SharedLog Of(ILoggerFactory? factory) => factory is null
        ? s_none
        : s_logs.GetValue(factory, static each => new SharedLog(each.CreateLogger<RpcSession>()));

    /// <inheritdoc cref="SessionLog.General"/>
    public RpcException General(Exception error, string? member, TimeProvider clock) => s_general.GetValue(error, unexpected =>
    {
        string id = LogUnexpected(unexpected, member ?? "(unknown)", clock);
        string type = (unexpected as RpcException)?.ErrorType ?? RpcErrorTypes.Error;
        return new RpcException(type, $"Internal error. Its id in the log is {id}.")
        {
            Properties = new Dictionary<string, object?> { [ErrorMembers.Code] = "InternalError", ["id"] = id },
        };
    });

    // Beyond the limit, an exception shares the id of the last logged exception of its type.
    private string LogUnexpected(Exception error, string member, TimeProvider clock)
    {
        Type type = error.GetType();
        if (!_errorLines.TryTake(clock, out int skipped) && _lastIds.TryGetValue(type, out string? shared))
        {
            return shared;
        }

        string id = ActivitySpanId.CreateRandom().ToHexString();
        _lastIds[type] = id;
        Unexpected(Logger, member, id, skipped, error);
        return id;
    }

    [LoggerMessage(
        3, LogLevel.Error, "A call of {Member} failed unexpectedly, error id {Id}. Errors left out before this one: {Skipped}")]
    private static partial void Unexpected(ILogger logger, string member, string id, int skipped, Exception error);
}
