using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes the arguments of a call as expressions, separated by commas.</summary>
public ref struct RpcArgumentWriter
{
    // The nesting depth of an argument in its message.
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

    /// <summary>Writes the next argument: a value, an <see cref="IRpcArgument"/>, a stub or a promise.</summary>
    /// <exception cref="RpcValueException">The argument cannot be sent.</exception>
    public void Write<T>(T value)
    {
        if (_hasWritten)
        {
            _writer.WriteRaw(","u8);
        }

        _hasWritten = true;
        // For a struct, the JIT compiler resolves the type tests and the interface call without boxing.
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
