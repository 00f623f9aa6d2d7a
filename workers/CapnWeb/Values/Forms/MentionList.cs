using System.Buffers;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// The list of the reference forms that a scan found, in order. The default of this struct is an empty list. Dispose returns its array to
/// the pool.
/// </summary>
internal struct MentionList : IDisposable
{
    private const int FirstSize = 8;

    private Mention[]? _mentions;

    /// <summary>
    /// The error of the first part that makes the text unusable, but leaves the session intact: an unknown, malformed or unsupported form,
    /// or too long a path. It is null if there is no such part.
    /// </summary>
    public RpcException? Fault;

    /// <summary>
    /// The time that reading and writing the bigints and urls takes beyond that of other text, in units of <see cref="WorkBudget"/>.
    /// </summary>
    public long ConversionUnits { get; private set; }

    public int Count { get; private set; }

    public readonly ref Mention this[int index] => ref _mentions.AsSpan(0, Count)[index];

    public void Add(in Mention mention)
    {
        if (_mentions is null || Count == _mentions.Length)
        {
            Grow();
        }

        _mentions![Count++] = mention;
    }

    /// <summary>Counts a bigint or url. If the message's conversions take too long, its call fails.</summary>
    public void AddConversion(long units, RpcLimits limits)
    {
        ConversionUnits += units;
        if (ConversionUnits > limits.MaxWork)
        {
            Fault ??= new RpcException(
                RpcErrorTypes.RangeError,
                $"The bigints and urls of the message take too much work: at most {limits.MaxWork} units are accepted.");
        }
    }

    /// <summary>
    /// Returns the positions of the forms that are not inside another form. The positions are relative to <paramref name="start"/>.
    /// </summary>
    public readonly TextRange[] TopLevelForms(int start = 0)
    {
        if (Count == 0)
        {
            return [];
        }

        List<TextRange> forms = new(Count);
        for (int index = 0; index < Count; index += 1 + this[index].Descendants)
        {
            forms.Add(this[index].Form with { Start = this[index].Form.Start - start });
        }

        return [.. forms];
    }

    public void Clear()
    {
        Count = 0;
        Fault = null;
        ConversionUnits = 0;
    }

    public void Dispose()
    {
        if (_mentions is { } mentions)
        {
            ArrayPool<Mention>.Shared.Return(mentions);
        }

        this = default;
    }

    private void Grow()
    {
        Mention[] larger = ArrayPool<Mention>.Shared.Rent(_mentions is null ? FirstSize : 2 * Count);
        _mentions.AsSpan(0, Count).CopyTo(larger);
        if (_mentions is not null)
        {
            ArrayPool<Mention>.Shared.Return(_mentions);
        }

        _mentions = larger;
    }
}
