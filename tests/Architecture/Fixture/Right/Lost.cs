namespace WorkerRpc.Tests.Architecture.Fixture.Left;

/// <summary>Has a fault: its file is in one folder, its namespace belongs to another. It has no code.</summary>
public enum Lost
{
    Here,
}
