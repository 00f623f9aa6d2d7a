namespace WorkerRpc.Tests.Commands;

/// <summary>A clock that moves only when a test moves it.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private TimeSpan _now = TimeSpan.FromDays(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan time) => _now += time;

    public override long GetTimestamp() => _now.Ticks;
}
