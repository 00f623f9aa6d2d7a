namespace WorkerRpc.Bindings.Node;

/// <summary>Thrown when Node or npm is missing, packages cannot be installed, or a Node program ends without an answer.</summary>
public sealed class NodeException(string message, Exception? inner = null) : Exception(message, inner);
