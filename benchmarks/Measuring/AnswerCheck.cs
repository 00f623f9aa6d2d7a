using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Checks each answer of a case's calls outside the timed part, and counts the calls that failed or had a wrong answer. A check compares
/// the whole result with what the function returns inline, and allocates nothing.
/// </summary>
/// <param name="expected">The right answer to each request of the case. If the array is empty, every answer is right.</param>
internal sealed class AnswerCheck(params ExecuteResponse[] expected)
{
    private readonly Lock _lock = new();
    private string? _first;

    /// <summary>The number of calls that loops have added.</summary>
    public long Calls { get; private set; }

    /// <summary>The number of calls that failed or had a wrong answer.</summary>
    public int Failed { get; private set; }

    /// <summary>
    /// Describes the failed calls: the number of the first one, what came and what was expected, and how many calls failed. Null if no call
    /// failed.
    /// </summary>
    public string? Failure => _first is null
        ? null
        : FormattableString.Invariant($"{_first} ({Failed} of {Math.Max(Calls, Failed)} calls failed)");

    /// <summary>Forgets the calls so far. The next call has number 1.</summary>
    public void Reset() => (_first, Calls, Failed) = (null, 0, 0);

    /// <summary>Adds the number of calls that a loop has made. The numbers of the next loop's calls follow them.</summary>
    public void AddCalls(int calls) => Calls += calls;

    /// <summary>Whether an answer is right. Calls of several threads are safe.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="turn">The index of the request.</param>
    public bool IsRight(ExecuteResponse? answer, int turn = 0) => expected.Length == 0 || expected[turn].HasSameResult(answer);

    /// <summary>Counts a call with a wrong answer.</summary>
    /// <param name="call">The call's number within its loop, from 1.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="turn">The index of the request.</param>
    public void AddWrong(int call, ExecuteResponse? answer, int turn) => Add(call, $"gave a wrong answer: {Difference(answer, turn)}");

    /// <summary>Counts a call that failed.</summary>
    /// <param name="call">The call's number within its loop, from 1.</param>
    /// <param name="what">What came instead of an answer.</param>
    public void AddFailed(int call, string what) => Add(call, $"failed: {what}; expected an answer");

    /// <summary>Describes where an answer first differs from the right one.</summary>
    public string Difference(ExecuteResponse? answer, int turn) =>
        expected.Length == 0 ? "it was null" : AnswerDifference.Of(expected[turn], answer);

    private void Add(int call, string what)
    {
        lock (_lock)
        {
            Failed++;
            _first ??= FormattableString.Invariant($"call {Calls + call} {what}");
        }
    }
}
