namespace WorkerRpc.Functions;

/// <summary>The method that all others are compared with. It calls the function inline in the caller.</summary>
public static class BaselineMethod
{
    /// <summary>The id of the method.</summary>
    public const string Id = "direct";
}
