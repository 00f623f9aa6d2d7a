namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>Finds recursion over what a peer sends or refers to.</summary>
public sealed class StackTests
{
    // All threads of the process get a small stack. The number is hexadecimal. The class has one test besides its dimensions.
    [Fact]
    public Task Nothing_that_a_peer_sends_overflows_a_stack_of_256_KB() => TestProcess.RunAsync(
        typeof(DeepInputs), DeepInputs.Dimensions.Count + 1, ("DOTNET_Thread_DefaultStackSize", "40000"));
}
