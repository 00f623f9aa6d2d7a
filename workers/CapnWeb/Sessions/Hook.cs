namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>What a reference leads to, without the application's wrapping: an object here, one of the peer, a promise of either,
/// a value, an error. Counts its holders: whoever keeps one duplicates it and disposes it.</summary>
internal abstract class Hook
{
}
