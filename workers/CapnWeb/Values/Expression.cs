namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// A captured value: its text, and what its reference forms stand for. The k-th form in the text means References[k],
/// whatever id is in it; forms within a form's own arguments or captures belong to that form.
/// </summary>
/// <typeparam name="T">What a session makes of a reference.</typeparam>
internal sealed class Expression<T>
    where T : class
{
    /// <summary>Keeps the text; <paramref name="forms"/> are the places of the top-level reference forms in it.</summary>
    public Expression(ReadOnlyMemory<byte> text, TextRange[] forms, T[] references) => throw new NotImplementedException();

    public ReadOnlyMemory<byte> Text => throw new NotImplementedException();

    public IReadOnlyList<T> References => throw new NotImplementedException();

    /// <summary>Copies text and writes, for each reference, what <paramref name="write"/> writes for it.</summary>
    public void CopyTo<TState>(ExpressionWriter writer, TState state, Action<ExpressionWriter, T, TState> write) => throw new NotImplementedException();

    /// <summary>This expression with the k-th form replaced by resolutions[k] (its text and its references), where that is not null.</summary>
    public Expression<T> Splice(ReadOnlySpan<Expression<T>?> resolutions) => throw new NotImplementedException();

    /// <summary>
    /// Follows a path (JSON: an array of strings and numbers) through own members and array elements: ends at a part of
    /// the text, at undefined, or at a reference with the rest of the path still to go.
    /// </summary>
    public PathEnd<T> Follow(ReadOnlySpan<byte> path) => throw new NotImplementedException();
}

/// <summary>Where a path led.</summary>
/// <param name="Value">The value there, with its references; null where a reference stood in the way.</param>
/// <param name="Reference">The reference that stood in the way.</param>
/// <param name="Taken">How many parts of the path were followed before it.</param>
internal readonly record struct PathEnd<T>(Expression<T>? Value, T? Reference, int Taken)
    where T : class;
