namespace WorkerRpc.Benchmarks.Measuring.Calling;

/// <summary>A caller worker answered what is no answer to the question; others may fare better.</summary>
internal sealed class UnusableAnswerException(string message) : Exception(message);

/// <summary>A caller worker could not be reached, went away or did not answer in time.</summary>
internal sealed class CallerLostException(string message, Exception? inner = null) : Exception(message, inner);
