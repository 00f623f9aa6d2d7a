using Microsoft.Extensions.Configuration;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>The size limit of a pipe frame, including its head, in bytes.</summary>
public static class FrameLimit
{
    /// <summary>The name of the setting.</summary>
    public const string Setting = "MAX_FRAME_BYTES";

    /// <summary>The size limit that applies if the setting is missing, in bytes.</summary>
    internal const int DefaultBytes = 4 << 20;

    /// <summary>The valid range of the setting.</summary>
    internal static readonly Bounds<int> Bounds = new(1024, 1 << 30, "bytes");

    /// <summary>Returns the configured size limit, in bytes.</summary>
    /// <exception cref="UnusableInputException">The setting is not a number, or it is out of range.</exception>
    internal static int Of(IConfiguration configuration) =>
        configuration[Setting] is { } value ? Bounds.Parse(value, Setting) : DefaultBytes;
}

/// <summary>
/// Thrown when received bytes are not a valid frame. The start of the next frame is then unknown, so the connection is closed.
/// </summary>
internal sealed class BrokenFrameException(string message) : IOException(message);

/// <summary>Thrown when a message is longer than the frame limit. No byte of the message was sent.</summary>
internal sealed class FrameTooLongException(int bodyBytes, int maxBodyBytes) : UnusableInputException(FormattableString.Invariant(
    $"The message has {bodyBytes} bytes: a frame takes at most {maxBodyBytes}."));
