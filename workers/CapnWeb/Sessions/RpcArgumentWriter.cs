using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes a call's arguments as expressions with commas between; the brackets around them are the session's.</summary>
public ref struct RpcArgumentWriter
{
    // In its message, as the receiver counts.
    private const int ArgumentDepth = 1;

    private readonly RpcSerializer _serializer;
    private readonly ExpressionWriter _writer;
    private readonly ReferenceSink _sink;
    private bool _hasWritten;

    internal RpcArgumentWriter(RpcSerializer serializer, ExpressionWriter writer, ReferenceSink sink)
    {
        _serializer = serializer;
        _writer = writer;
        _sink = sink;
    }

    /// <summary>Writes the next argument: a value, an <see cref="RpcArgument{T}"/>, a stub or a promise.</summary>
    /// <exception cref="RpcValueException">It cannot be sent.</exception>
    public void Write<T>(T value)
    {
        if (_hasWritten)
        {
            _writer.WriteRaw(","u8);
        }
        _hasWritten = true;
        // For a struct the compiler resolves both tests, and the interface call, without a box.
        if (value is IRpcArgument argument)
        {
            argument.Write(ref this);
        }
        else if (value is RpcStub stub)
        {
            WriteReference(stub);
        }
        else
        {
            WriteValue(value);
        }
    }

    internal readonly void WriteValue<T>(T value) => _serializer.Write(_writer, value, _sink, ArgumentDepth);

    internal readonly void WriteReference(RpcStub stub) => _sink.Write(_writer, stub);

    internal readonly void WriteUndefined() => _writer.WriteRaw("[\"undefined\"]"u8);
}
