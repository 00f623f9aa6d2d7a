using WorkerRpc.Tests.Architecture.Fixture.Ground;

namespace WorkerRpc.Tests.Architecture.Fixture.Right;

public sealed class Door
{
    public Brick? Frame { get; init; }
}
