namespace WorkerRpc.CallerWorker;

/// <summary>Thrown when a call's answer is not what the function returns.</summary>
/// <param name="method">The method of the call.</param>
/// <param name="call">The call's number within its request, from 1.</param>
/// <param name="difference">The difference from the right answer.</param>
internal sealed class WrongAnswerException(string method, int call, string difference)
    : Exception(FormattableString.Invariant($"Call {call} by {method} gave a wrong answer: {difference}."));
