namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>The self-test could not be completed, because a launch, a case or a pair failed.</summary>
internal sealed class SelfTestFailedException(string message) : Exception(message);
