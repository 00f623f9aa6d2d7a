using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Receives the references of a value that is being written. A sink stores them in a session's table or in a list.</summary>
internal abstract class ReferenceSink
{
    /// <summary>
    /// A new error with which this sink refuses every reference, or null if it writes them. A refusal need not be thrown: the exceptions of
    /// many references would cost much time.
    /// </summary>
    public virtual RpcValueException? Refusal => null;

    /// <summary>Writes the form for a stub, a promise or a target.</summary>
    /// <exception cref="RpcValueException">The reference cannot be sent in this place.</exception>
    public abstract void Write(ExpressionWriter writer, object reference);

    /// <summary>Whether <see cref="Write"/> accepts this object. The serializer calls this if the declared type is <c>object</c>.</summary>
    public abstract bool IsReference(object value);

    /// <summary>
    /// Returns the number of references written so far. Pass it to <see cref="Rollback"/> later to undo the references written after it.
    /// </summary>
    public abstract int Mark();

    /// <summary>
    /// Undoes the references that were written after <paramref name="mark"/>. This is needed when an error's property cannot be sent.
    /// </summary>
    public abstract void Rollback(int mark);

    /// <summary>
    /// Lets the application replace an error before it is sent. Only the error that this method returns may carry a stack, in
    /// <see cref="RpcException.RemoteStack"/>. If the method returns null, the original error is sent without a stack.
    /// </summary>
    public virtual Exception? Rewrite(Exception error) => null;

    /// <summary>A sink that refuses every reference.</summary>
    public static ReferenceSink None { get; } = new NoReferences();

    private sealed class NoReferences : ReferenceSink
    {
        public override RpcValueException? Refusal => new("A reference cannot be sent from here.");

        public override void Write(ExpressionWriter writer, object reference) => throw Refusal!;

        public override bool IsReference(object value) => false;

        public override int Mark() => 0;

        public override void Rollback(int mark)
        {
        }
    }
}
