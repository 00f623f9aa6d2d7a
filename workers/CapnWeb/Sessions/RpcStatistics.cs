namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What a session holds and has moved. Taken at one moment.</summary>
/// <param name="Imports">References to the peer's objects and unfinished calls to it, its main object included: 1 at rest.</param>
/// <param name="Exports">References that the peer has here, the main object included: 1 at rest.</param>
/// <param name="CallsInFlight">Calls of the peer that have begun here and not ended.</param>
/// <param name="MessagesSent">Messages handed to the transport.</param>
/// <param name="MessagesReceived">Messages handed over by the transport.</param>
/// <param name="BytesSent">Bytes of those sent, in UTF-8, without framing.</param>
/// <param name="BytesReceived">Bytes of those received.</param>
public readonly record struct RpcStatistics(
    int Imports, int Exports, int CallsInFlight, long MessagesSent, long MessagesReceived, long BytesSent, long BytesReceived);
