namespace WorkerRpc.CapnWeb.Values;
/// <summary>x</summary>
public class RpcBrokenException(string message, Exception? inner = null) : Exception(message, inner);
/// <summary>x</summary>
public class RpcProtocolException(string message) : Exception(message);
