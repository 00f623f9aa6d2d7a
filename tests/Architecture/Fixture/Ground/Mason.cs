using WorkerRpc.Tests.Architecture.Fixture.Upper;

namespace WorkerRpc.Tests.Architecture.Fixture.Ground;

/// <summary>Uses a higher floor, but only as a type argument in a nested type's asynchronous lambda.</summary>
public static class Mason
{
    public static class Apprentice
    {
        public static Func<Task<int>> Plan { get; } = async () =>
        {
            await Task.Yield();
            return new List<Roof>().Count;
        };
    }
}
