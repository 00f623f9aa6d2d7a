using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Writes a value of any type. The error form uses this interface for an error's properties. The serializer implements it.
/// </summary>
internal interface IValueWriter
{
    /// <summary>
    /// Writes one expression. Returns the error if the value cannot be sent: to throw it would cost much time, because an error may have
    /// many such properties.
    /// </summary>
    /// <param name="writer">The writer for the text. After an error, the caller removes the text that was written.</param>
    /// <param name="value">The value, which is written according to its run-time type.</param>
    /// <param name="sink">The sink that writes the references in the value.</param>
    /// <param name="depth">The nesting depth of the value in its message.</param>
    RpcException? TryWriteAny(ExpressionWriter writer, object? value, ReferenceSink sink, int depth);
}
