namespace WorkerRpc.Functions;

/// <summary>The method that all others are compared with: the function runs inline in the caller.</summary>
public static class BaselineMethod
{
    /// <summary>Its id.</summary>
    public const string Id = "direct";
}
