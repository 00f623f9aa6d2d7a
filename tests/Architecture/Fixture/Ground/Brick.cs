namespace WorkerRpc.Tests.Architecture.Fixture.Ground;

public sealed class Brick;

/// <summary>Has no code, so that its file is known from another table of the symbols.</summary>
public enum Material
{
    Clay,
}
