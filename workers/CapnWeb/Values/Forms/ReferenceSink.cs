using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Receives the references of a value that is being written: into a session's table, or into a list.</summary>
internal abstract class ReferenceSink
{
    /// <summary>Writes the form for a stub, a promise or a target.</summary>
    /// <exception cref="RpcValueException">The reference cannot be sent from here.</exception>
    public abstract void Write(ExpressionWriter writer, object reference);

    /// <summary>Whether <see cref="Write"/> accepts this object. Asked where the declared type is <c>object</c>.</summary>
    public abstract bool IsReference(object value);

    /// <summary>Number of references written. Pass it to <see cref="Rollback"/> later to undo those written after it.</summary>
    public abstract int Mark();

    /// <summary>Undoes the references written after a mark. Used when an error's property turns out not to be sendable.</summary>
    public abstract void Rollback(int mark);

    /// <summary>
    /// Asks the application for the error to send instead. Only this error may carry a stack, in
    /// <see cref="RpcException.RemoteStack"/>. Null sends the original error without a stack.
    /// </summary>
    public virtual Exception? Rewrite(Exception error) => null;

    /// <summary>Refuses every reference.</summary>
    public static ReferenceSink None { get; } = new NoReferences();

    private sealed class NoReferences : ReferenceSink
    {
        public override void Write(ExpressionWriter writer, object reference) =>
            throw new RpcValueException("A reference cannot be sent from here.");

        public override bool IsReference(object value) => false;

        public override int Mark() => 0;

        public override void Rollback(int mark)
        {
        }
    }
}
