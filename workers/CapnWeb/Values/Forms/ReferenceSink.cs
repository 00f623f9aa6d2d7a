using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Where a value that is written puts the references in it: a session's tables, or a captured expression's list.</summary>
internal abstract class ReferenceSink
{
    /// <summary>
    /// Writes the form that stands for a reference: a stub, a promise, or a target with its contract. Throws
    /// RpcValueException where it cannot be sent from here.
    /// </summary>
    public abstract void Write(ExpressionWriter writer, object reference);

    /// <summary>Whether <see cref="Write"/> takes this object, where the declared type does not tell (a member of type object).</summary>
    public abstract bool IsReference(object value);

    /// <summary>How many references were written: a mark for <see cref="Rollback"/>.</summary>
    public abstract int Mark();

    /// <summary>Takes back the references written since the mark (an error's property that could not be sent).</summary>
    public abstract void Rollback(int mark);

    /// <summary>
    /// The application's word on an error about to leave: another to send in its place, with a stack if it carries one
    /// (<see cref="RpcException.RemoteStack"/>); null to send it as it is, without a stack.
    /// </summary>
    public virtual Exception? Rewrite(Exception error) => null;

    /// <summary>Refuses every reference: values outside a session, and rejections, which hold none.</summary>
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
