namespace WorkerRpc.Bindings.Node;

/// <summary>Node or npm is missing, a program's packages cannot be installed, or the program ended before it answered.</summary>
public sealed class NodeException(string message, Exception? inner = null) : Exception(message, inner);
