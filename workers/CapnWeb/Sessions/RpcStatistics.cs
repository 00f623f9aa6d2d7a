namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The table sizes and message counts of a session at one moment.</summary>
/// <param name="Imports">
/// Number of references to the peer's objects, plus pending calls. An idle session has 1, for the main object.
/// </param>
/// <param name="Exports">
/// Number of references to objects of this side that the peer has. An idle session has 1, for the main object.
/// </param>
/// <param name="CallsInFlight">Number of the peer's calls that run on this side.</param>
/// <param name="MessagesSent">Number of messages passed to the transport.</param>
/// <param name="MessagesReceived">Number of messages received from the transport.</param>
/// <param name="BytesSent">Total size of the sent messages in UTF-8 bytes, without framing.</param>
/// <param name="HeldBytes">
/// Total size of the results that the peer has not released and of the arguments of calls that wait or run. An idle session has 0.
/// </param>
/// <param name="UnsentBytes">Total size of the messages that wait for the transport. An idle session has 0.</param>
/// <param name="BytesReceived">Total size of the received messages in UTF-8 bytes.</param>
public readonly record struct RpcStatistics(
    int Imports, int Exports, int CallsInFlight, long MessagesSent, long MessagesReceived, long BytesSent, long BytesReceived,
    long HeldBytes, long UnsentBytes);
