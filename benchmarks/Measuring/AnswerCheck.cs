using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Checks each answer of a case's calls outside the timed part, and counts the calls that failed or had a wrong answer. A check compares
/// the whole result with what the function returns inline, and allocates nothing.
/// </summary>
/// <param name="expected">The right answer. If it is null, every answer is right.</param>
internal sealed class AnswerCheck(ExecuteResponse? expected)
{
    private readonly Lock _lock = new();
    private string? _first;
    private long _calls;

    /// <summary>The number of calls that failed or had a wrong answer.</summary>
    public int Failed { get; private set; }

    /// <summary>
    /// Describes the failed calls: the number of the first one, what came and what was expected, and how many calls failed. Null if no call
    /// failed.
    /// </summary>
    public string? Failure => _first is null
        ? null
        : FormattableString.Invariant($"{_first} ({Failed} of {Math.Max(_calls, Failed)} calls failed)");

    /// <summary>Forgets the calls so far. The next call has number 1.</summary>
    public void Reset() => (_first, _calls, Failed) = (null, 0, 0);

    /// <summary>Adds the number of calls that a loop has made. The numbers of the next loop's calls follow them.</summary>
    public void AddCalls(int calls) => _calls += calls;

    /// <summary>Whether an answer is right. Calls of several threads are safe.</summary>
    public bool IsRight(ExecuteResponse? answer) => expected is null || expected.HasSameResult(answer);

    /// <summary>Counts a call with a wrong answer.</summary>
    /// <param name="call">The call's number within its loop, from 1.</param>
    /// <param name="answer">The answer.</param>
    public void AddWrong(int call, ExecuteResponse? answer) => Add(call, $"gave a wrong answer: {Difference(answer)}");

    /// <summary>Counts a call that failed.</summary>
    /// <param name="call">The call's number within its loop, from 1.</param>
    /// <param name="what">What came instead of an answer.</param>
    public void AddFailed(int call, string what) => Add(call, $"failed: {what}; expected an answer");

    /// <summary>Describes where an answer first differs from the right one.</summary>
    public string Difference(ExecuteResponse? answer) => expected is null ? "it was null" : AnswerDifference.Of(expected, answer);

    private void Add(int call, string what)
    {
        lock (_lock)
        {
            Failed++;
            _first ??= FormattableString.Invariant($"call {_calls + call} {what}");
        }
    }
}
