namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>Measures what a session keeps for a hostile peer.</summary>
public sealed class KeptMemoryTests
{
    [Fact]
    public Task No_conversation_makes_a_session_keep_more_than_64_MiB() => TestProcess.RunAsync(typeof(KeptInputs), KeptInputs.Names.Count);
}
