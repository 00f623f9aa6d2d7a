namespace WorkerRpc.Benchmarks.Results.Folders;

/// <summary>The command that made a kept run.</summary>
internal enum RunKind
{
    /// <summary>A run: the only kind that the user can name or resume.</summary>
    Run,

    /// <summary>The command <c>gate</c>.</summary>
    Gate,

    /// <summary>The command <c>measure</c>.</summary>
    Measure,
}
