using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Writes a value of any type. Error forms need it for their properties; the serializer implements it.</summary>
internal interface IValueWriter
{
    /// <summary>Writes one expression.</summary>
    /// <param name="writer">Gets the text. After an error the caller rolls it back.</param>
    /// <param name="value">The value, written by its own type.</param>
    /// <param name="sink">Gets the references.</param>
    /// <param name="depth">Depth of the value in its message.</param>
    /// <exception cref="RpcValueException">The value cannot be sent.</exception>
    void WriteAny(ExpressionWriter writer, object? value, ReferenceSink sink, int depth);
}
