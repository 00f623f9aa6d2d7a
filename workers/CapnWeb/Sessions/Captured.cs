using System.Text.Json;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Operations on captured values, whose references are hooks.</summary>
internal static class Captured
{
    private static readonly byte[] s_referenceText = "[\"export\",0]"u8.ToArray();
    private static readonly TextRange[] s_referenceForm = [new(0, s_referenceText.Length)];

    /// <summary>The text that replaces each reference in a captured value. The objects are in a list of hooks beside the text.</summary>
    public static ReadOnlySpan<byte> Placeholder => s_referenceText;

    /// <summary>Creates a value that is one reference. Takes ownership of the hook.</summary>
    public static Expression<Hook> Of(Hook hook) => new(s_referenceText, s_referenceForm, [hook]);

    /// <summary>Adds a holder to every reference in the value. For each call, the caller must discard the value once more.</summary>
    public static Expression<Hook> Share(this Expression<Hook> value)
    {
        for (int i = 0; i < value.References.Count; i++)
        {
            if (!value.References[i].TryAddHolder())
            {
                for (int held = 0; held < i; held++)
                {
                    value.References[held].Dispose();
                }

                throw new ObjectDisposedException(nameof(RpcStub), "A reference in this value has been released.");
            }
        }

        return value;
    }

    /// <summary>Releases every reference in the value.</summary>
    public static void Discard(this Expression<Hook> value)
    {
        for (int i = 0; i < value.References.Count; i++)
        {
            value.References[i].Dispose();
        }
    }

    /// <summary>
    /// Returns the first arguments of a call, and releases the references in all others. Without references, returns all arguments.
    /// </summary>
    /// <param name="arguments">The arguments as an array. This method takes ownership of them.</param>
    /// <param name="count">The number of arguments to keep.</param>
    public static Expression<Hook> TakeArguments(this Expression<Hook> arguments, int count)
    {
        if (arguments.References.Count == 0)
        {
            return arguments;
        }

        var reader = new Utf8JsonReader(arguments.Text.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        int end = (int)reader.BytesConsumed;
        for (int i = 0; i < count && reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            reader.Skip();
            end = (int)reader.BytesConsumed;
        }

        Expression<Hook> taken = arguments.Start(end, (byte)']');
        for (int i = taken.References.Count; i < arguments.References.Count; i++)
        {
            arguments.References[i].Dispose();
        }

        return taken;
    }

    /// <summary>Whether the value contains a promise that must still be replaced by its result.</summary>
    public static bool HasPromises(this Expression<Hook> value)
    {
        for (int i = 0; i < value.References.Count; i++)
        {
            if (value.References[i].IsPromise)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a result and discards the captured value. Stubs in the result own references of their own.</summary>
    /// <exception cref="RpcValueException">
    /// The value cannot be read as <typeparamref name="T"/>. The stubs created so far are disposed.
    /// </exception>
    public static T ReadResult<T>(this Expression<Hook> value, SessionCore session)
    {
        List<StubReference>? stubs = value.References.Count == 0 ? null : [];
        try
        {
            return session.Serializer.Read<T>(value.Text.Span, stubs is null ? ReferenceSource.None : new StubSource(value, stubs));
        }
        catch
        {
            stubs?.ForEach(static stub => stub.Dispose());
            throw;
        }
        finally
        {
            value.Discard();
        }
    }
}
