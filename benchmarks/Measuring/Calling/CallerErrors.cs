namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>Thrown when a caller worker's answer is unusable. The current case fails, but other cases may succeed.</summary>
internal sealed class UnusableAnswerException(string message) : Exception(message);

/// <summary>
/// Thrown when a caller worker cannot be reached, closes the connection or does not answer in time. Then the launch fails.
/// </summary>
internal sealed class CallerLostException(string message, Exception? inner = null) : Exception(message, inner);
