namespace WorkerRpc.Tests.Architecture.Fixture.Left;

/// <summary>Lies in one folder and has the namespace of another. It has no code.</summary>
public enum Lost
{
    Here,
}
