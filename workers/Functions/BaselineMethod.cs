namespace WorkerRpc.Functions;

/// <summary>The baseline, the method with which all other methods are compared. It calls the function directly in the caller.</summary>
public static class BaselineMethod
{
    /// <summary>The id of the baseline method.</summary>
    public const string Id = "direct";
}
