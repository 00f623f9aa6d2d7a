using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Captured values and the hooks that they hold.</summary>
internal static class Captured
{
    private static readonly byte[] ReferenceText = "[\"export\",0]"u8.ToArray();
    private static readonly TextRange[] ReferenceForm = [new(0, ReferenceText.Length)];

    /// <summary>The text that stands for a reference in captured text: which kind it is, its hook knows.</summary>
    public static ReadOnlySpan<byte> Placeholder => ReferenceText;

    /// <summary>A reference alone; takes the hook over.</summary>
    public static Expression<Hook> Of(Hook hook) => new(ReferenceText, ReferenceForm, [hook]);

    /// <summary>Holds everything in it once more.</summary>
    public static Expression<Hook> Share(this Expression<Hook> value)
    {
        for (int i = 0; i < value.References.Count; i++)
        {
            if (!value.References[i].TryHold())
            {
                for (int held = 0; held < i; held++)
                {
                    value.References[held].Dispose();
                }
                throw new ObjectDisposedException(nameof(RpcStub), "A reference in this value has been given back.");
            }
        }
        return value;
    }

    /// <summary>Lets go of everything in it.</summary>
    public static void Discard(this Expression<Hook> value)
    {
        for (int i = 0; i < value.References.Count; i++)
        {
            value.References[i].Dispose();
        }
    }

    /// <summary>Whether something in it is still to be replaced by its value.</summary>
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

    /// <summary>Reads a result, and releases what the value holds: stubs in the result hold their references themselves.</summary>
    /// <exception cref="RpcValueException">The value is no <typeparamref name="T"/>. Stubs already made are disposed.</exception>
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
