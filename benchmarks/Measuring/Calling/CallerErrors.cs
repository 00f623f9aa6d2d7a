namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>A caller worker's answer is unusable. The current case fails; other cases may still succeed.</summary>
internal sealed class UnusableAnswerException(string message) : Exception(message);

/// <summary>A caller worker could not be reached, closed the connection or did not answer in time. The launch fails.</summary>
internal sealed class CallerLostException(string message, Exception? inner = null) : Exception(message, inner);
