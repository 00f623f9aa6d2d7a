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
}
