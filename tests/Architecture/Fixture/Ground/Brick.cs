namespace WorkerRpc.Tests.Architecture.Fixture.Ground;

public sealed class Brick;

/// <summary>A type without code: the debug symbols name its file in a different table.</summary>
public enum Material
{
    Clay,
}
