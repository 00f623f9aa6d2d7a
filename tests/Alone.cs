namespace WorkerRpc.Tests;

/// <summary>The collection of tests that need or change global state of the process. No other test runs at the same time.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "alone";
}
