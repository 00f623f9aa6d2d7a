namespace WorkerRpc.Tests;

/// <summary>
/// The trait of tests that take more than 8 s. They are explicit: the test command has to end within 4 minutes on two cores, so that only
/// CI runs them.
/// </summary>
internal static class LongTests
{
    public const string Trait = "length";

    public const string Value = "long";
}
