namespace WorkerRpc.CapnWeb.Values;

/// <summary>The range of values that a setting accepts.</summary>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
/// <param name="Unit">What the value counts.</param>
internal readonly record struct RpcBounds(int Min, int Max, string Unit)
{
    public int Check(int value, string setting) =>
        value >= Min && value <= Max
            ? value
            : throw new ArgumentOutOfRangeException(setting, $"{setting} {value}: expected {this}.");

    /// <summary>The range and its unit, for error messages and help.</summary>
    public override string ToString() => $"{Min} to {Max} {Unit}";
}
