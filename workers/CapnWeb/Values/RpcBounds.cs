namespace WorkerRpc.CapnWeb.Values;

/// <summary>The range of values that a setting accepts.</summary>
/// <param name="Min">The smallest accepted value.</param>
/// <param name="Max">The largest accepted value.</param>
/// <param name="Unit">The unit of the value, such as "bytes".</param>
internal readonly record struct RpcBounds(int Min, int Max, string Unit)
{
    public int Check(int value, string setting) =>
        value >= Min && value <= Max
            ? value
            : throw new ArgumentOutOfRangeException(setting, $"{setting} {value}: expected {this}.");

    /// <summary>Returns the range and its unit, for error messages and help.</summary>
    public override string ToString() => $"{Min} to {Max} {Unit}";
}
