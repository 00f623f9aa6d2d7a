using WorkerRpc.Tests.Architecture.Fixture.Ground;
using WorkerRpc.Tests.Architecture.Fixture.Left;

namespace WorkerRpc.Tests.Architecture.Fixture.Upper;

/// <summary>Has no fault: uses only lower floors.</summary>
public sealed class Roof
{
    public IReadOnlyList<Brick> Bricks { get; } = [];

    public Window? Window { get; init; }
}
