using WorkerRpc.Tests.Architecture.Fixture.Upper;

namespace WorkerRpc.Tests.Architecture.Fixture.Ground;

/// <summary>Has a hidden fault: an asynchronous lambda in a nested type uses a higher floor as a type argument.</summary>
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
