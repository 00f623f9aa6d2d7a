namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// Tells the serializer of closed types that it would otherwise need reflection for. The source generator calls it; a
/// hand-written AOT program may.
/// </summary>
public static class RpcCollections
{
    /// <summary>T[], List and the interfaces that a List implements.</summary>
    public static void AddList<T>() => throw new NotImplementedException();

    /// <summary>Another collection, made from a list of its elements.</summary>
    public static void AddCollection<TCollection, T>(Func<List<T>, TCollection> make)
        where TCollection : IEnumerable<T> => throw new NotImplementedException();

    /// <summary>Dictionary with string keys and the interfaces that it implements.</summary>
    public static void AddDictionary<T>() => throw new NotImplementedException();

    /// <summary>A nullable value type.</summary>
    public static void AddNullable<T>()
        where T : struct => throw new NotImplementedException();
}
