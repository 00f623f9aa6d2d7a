using Microsoft.Extensions.Configuration;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>The limit for a pipe frame that the runtime accepts, head included, in bytes.</summary>
public static class FrameLimit
{
    /// <summary>The name of the setting.</summary>
    public const string Setting = "MAX_FRAME_BYTES";

    /// <summary>The limit if the setting is missing, in bytes.</summary>
    internal const int DefaultBytes = 4 << 20;

    /// <summary>The valid range of the setting.</summary>
    internal static readonly Bounds<int> Bounds = new(1024, 1 << 30, "bytes");

    /// <summary>The configured limit, in bytes.</summary>
    /// <exception cref="UnusableInputException">The setting is not a number, or out of range.</exception>
    internal static int Of(IConfiguration configuration) =>
        configuration[Setting] is { } value ? Bounds.Parse(value, Setting) : DefaultBytes;
}

/// <summary>Thrown when received bytes are not a valid frame. The next frame cannot be found, so the connection ends.</summary>
internal sealed class BrokenFrameException(string message) : IOException(message);

/// <summary>Thrown when a message is over the frame limit. No byte of the message was sent.</summary>
internal sealed class FrameTooLongException(int bodyBytes, int maxBodyBytes) : UnusableInputException(FormattableString.Invariant(
    $"The message has {bodyBytes} bytes: a frame takes at most {maxBodyBytes}."));
