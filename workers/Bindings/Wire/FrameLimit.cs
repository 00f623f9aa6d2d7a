using Microsoft.Extensions.Configuration;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>The longest message that the runtime accepts over a pipe, in bytes of its whole frame.</summary>
public static class FrameLimit
{
    /// <summary>The setting's name.</summary>
    public const string Setting = "MAX_FRAME_BYTES";

    /// <summary>The limit where nothing is set.</summary>
    internal const int DefaultBytes = 4 << 20;

    /// <summary>The limits that can be set.</summary>
    internal static readonly Bounds<int> Bounds = new(1024, 1 << 30, "bytes");

    /// <summary>The limit of a runtime with these settings.</summary>
    /// <exception cref="UnusableInputException">The limit is no number, or out of bounds.</exception>
    internal static int Of(IConfiguration configuration) =>
        configuration[Setting] is { } given ? Bounds.Parse(given, Setting) : DefaultBytes;
}

/// <summary>The other end sent bytes that are no frame. The start of the next frame is unknown, so the connection ends.</summary>
internal sealed class BrokenFrameException(string message) : IOException(message);

/// <summary>A message is longer than a frame may be. Nothing of it was sent.</summary>
internal sealed class FrameTooLongException(int bodyBytes, int maxBodyBytes) : UnusableInputException(FormattableString.Invariant(
    $"The message has {bodyBytes} bytes: a frame takes at most {maxBodyBytes}."));
