namespace WorkerRpc.Tests;

/// <summary>Tests that look at, or change, what the whole process shares: they run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "alone";
}
