namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Table sizes and traffic of a session at one moment.</summary>
/// <param name="Imports">References to the peer's objects and pending calls. 1 at rest: the main object.</param>
/// <param name="Exports">References that the peer holds on this side. 1 at rest: the main object.</param>
/// <param name="CallsInFlight">Calls of the peer that run on this side.</param>
/// <param name="MessagesSent">Messages given to the transport.</param>
/// <param name="MessagesReceived">Messages received from the transport.</param>
/// <param name="BytesSent">UTF-8 bytes of the sent messages, without framing.</param>
/// <param name="BytesReceived">UTF-8 bytes of the received messages.</param>
public readonly record struct RpcStatistics(
    int Imports, int Exports, int CallsInFlight, long MessagesSent, long MessagesReceived, long BytesSent, long BytesReceived);
