namespace WorkerRpc.Benchmarks.Regression;

/// <summary>What the gate would say of runs that are drawn from a pool.</summary>
internal static class StudyTable
{
    public static string Write(StudyPool pool) => $"{pool.Pairs.Count} pairs\n";
}
