using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// The work that one message may cause beyond its own length: values that replace references, instructions of maps, and walks along
/// property paths. Calls of the message may still run after it was handled, on several threads, and share this object.
/// </summary>
/// <param name="limit">The number of units. One unit is about 0.1 µs on a current processor.</param>
/// <param name="whole">A budget of several messages, from which this one takes too. It may be null.</param>
internal sealed class WorkBudget(long limit, WorkBudget? whole = null)
{
    /// <summary>How many times the work of one message all messages of a batch may cause.</summary>
    public const int MessagesPerBatch = 50;

    /// <summary>The units of evaluating one reference, or of running one instruction of a map.</summary>
    public const int UnitsPerStep = 10;

    // The units of a call that fails. To throw and catch an exception takes many times as long as a step.
    private const int UnitsPerFault = 200;

    // The units of a call that fails at a deep value: an exception takes longer the deeper the stack is on which it is thrown.
    private const int UnitsPerDeepFault = 6000;

    // How many units of a fault each byte of the arguments adds. A level of nesting takes at least four bytes.
    private const int UnitsPerFaultByte = 6;

    // How many bytes of text one unit copies.
    private const int CopiedBytesPerUnit = 512;

    // How many bytes of values one unit converts. Texts with escapes are the slowest.
    private const int ConvertedBytesPerUnit = 32;

    // How many bytes of JSON one unit reads.
    private const int ReadBytesPerUnit = 10;

    private readonly long _limit = limit;
    private long _left = limit;

    /// <summary>Whether the message has caused too much work.</summary>
    public bool IsUsedUp => Interlocked.Read(ref _left) < 0 || whole is { IsUsedUp: true };

    /// <summary>Subtracts units from the budget.</summary>
    /// <exception cref="RpcException">The budget is used up. The call fails, but the session continues.</exception>
    public void Spend(long units)
    {
        whole?.Spend(units);
        if (Interlocked.Add(ref _left, -units) < 0)
        {
            throw TooMuch();
        }
    }

    /// <summary>Subtracts a call that has failed. If that uses up the budget, the next step of the message fails.</summary>
    /// <param name="argumentBytes">The length of the call's arguments, which limits how deep its values are.</param>
    public void SpendFault(long argumentBytes = 0) =>
        Interlocked.Add(ref _left, -UnitsPerFault - Math.Min(argumentBytes * UnitsPerFaultByte, UnitsPerDeepFault));

    /// <summary>Creates the error of a call for which the budget is used up.</summary>
    public RpcException TooMuch() =>
        new(RpcErrorTypes.RangeError, $"Too much work: at most {_limit} units are accepted.");

    /// <summary>Subtracts one step that reads a text as JSON.</summary>
    public void SpendStep(long readBytes) => Spend(UnitsPerStep + (readBytes / ReadBytesPerUnit));

    /// <summary>Subtracts a text that is copied.</summary>
    public void SpendCopy(long bytes) => Spend(bytes / CopiedBytesPerUnit);

    /// <summary>
    /// Subtracts a text whose values are converted later: one unit for each value, and further ones for its length, bigints and urls.
    /// </summary>
    public void SpendValues(ReadOnlySpan<byte> text)
    {
        Spend((text.Length / ConvertedBytesPerUnit) + ValueCount.AtMost(text));
        if (MayHoldConversions(text))
        {
            Spend((text.Length / ReadBytesPerUnit) + ConversionsIn(text));
        }
    }

    // Whether the text may hold a bigint or url. A letter of their names may be escaped, as \u0061 to \u007a.
    private static bool MayHoldConversions(ReadOnlySpan<byte> text) =>
        text.IndexOf(BigIntForm.Instance.Utf8Name) >= 0 || text.IndexOf(UrlForm.Instance.Utf8Name) >= 0
            || text.IndexOf("\\u006"u8) >= 0 || text.IndexOf("\\u007"u8) >= 0;

    private static long ConversionsIn(ReadOnlySpan<byte> text)
    {
        long units = 0;
        bool isFirst = false;
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (isFirst && ValueForms.Find(in reader) is { } form && reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                units += form.ConversionUnits(in reader);
            }

            isFirst = reader.TokenType == JsonTokenType.StartArray;
        }

        return units;
    }
}
