using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace WorkerRpc.Bindings.Http.Inline;

/// <summary>
/// The features of one request after another: those of the server, which <see cref="Reset"/> brings back, and whatever
/// the application adds. A dozen entries, which are faster to go through than to hash.
/// </summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "It is a table, whose one use is to be the features of an exchange.")]
internal abstract class FeatureTable : IFeatureCollection
{
    private (Type Type, object? Feature)[] _entries = [];
    private (Type Type, object? Feature)[] _own = [];
    private int _count;

    /// <inheritdoc/>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public int Revision { get; private set; }

    /// <inheritdoc/>
    public object? this[Type key]
    {
        get
        {
            foreach ((Type type, object? feature) in _entries.AsSpan(0, _count))
            {
                if (ReferenceEquals(type, key))
                {
                    return feature;
                }
            }

            return null;
        }

        set
        {
            Revision++;
            foreach (ref (Type Type, object? Feature) entry in _entries.AsSpan(0, _count))
            {
                if (ReferenceEquals(entry.Type, key))
                {
                    entry.Feature = value;
                    return;
                }
            }

            if (_count == _entries.Length)
            {
                Array.Resize(ref _entries, _count * 2);
            }

            _entries[_count++] = (key, value);
        }
    }

    /// <inheritdoc/>
    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    /// <inheritdoc/>
    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() =>
        _entries.Take(_count).Where(entry => entry.Feature is not null).Select(entry => KeyValuePair.Create(entry.Type, entry.Feature!)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Says what the server's features are, those first that every request asks for.</summary>
    protected void Own(params (Type Type, object? Feature)[] features)
    {
        _own = features;
        _entries = new (Type Type, object? Feature)[features.Length * 2];
        Reset();
    }

    /// <summary>Brings back the server's features, and forgets the rest.</summary>
    protected void Reset()
    {
        Revision++;
        _entries.AsSpan(_own.Length).Clear();
        _own.CopyTo(_entries, 0);
        _count = _own.Length;
    }
}
