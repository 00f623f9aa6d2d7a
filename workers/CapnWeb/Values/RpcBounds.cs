namespace WorkerRpc.CapnWeb.Values;

/// <summary>What a setting accepts.</summary>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Unit">What is counted.</param>
public readonly record struct RpcBounds(int Min, int Max, string Unit)
{
    internal int Check(int value, string setting) =>
        value >= Min && value <= Max
            ? value
            : throw new ArgumentOutOfRangeException(setting, $"{setting} {value}: expected {this}.");

    /// <summary>The range and its unit, as messages and help show it.</summary>
    public override string ToString() => $"{Min} to {Max} {Unit}";
}
