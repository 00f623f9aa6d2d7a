using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Turns .NET values into expressions and back, by their System.Text.Json contracts. Immutable; one can serve many sessions.
/// VALUES.md says how each type is written.
/// </summary>
public sealed class RpcSerializer : IValueWriter
{
    private static readonly Lazy<RpcSerializer> s_reflecting = new(() => new RpcSerializer(new JsonSerializerOptions(ValueOptions.Naming)));

    private readonly JsonSerializerOptions _options;

    /// <summary>Takes contracts, naming and converters from options, which are copied.</summary>
    public RpcSerializer(JsonSerializerOptions options) => _options = ValueOptions.Complete(options);

    /// <summary>Takes contracts from a source-generated context, for trimmed and native programs. Names become camelCase.</summary>
    public RpcSerializer(IJsonTypeInfoResolver resolver)
        : this(new JsonSerializerOptions(ValueOptions.Naming) { TypeInfoResolver = resolver })
    {
    }

    /// <summary>Takes contracts by reflection, if the program allows it. Names become camelCase.</summary>
    public static RpcSerializer Default => s_reflecting.Value;

    /// <summary>Writes one expression. After an error the caller rolls back what was written.</summary>
    /// <param name="writer">Gets the text.</param>
    /// <param name="value">The value.</param>
    /// <param name="sink">Gets the references.</param>
    /// <param name="depth">Depth of the value in its message: 1 for an argument, 0 for a result.</param>
    /// <exception cref="RpcValueException">The value cannot be sent.</exception>
    internal void Write<T>(ExpressionWriter writer, T value, ReferenceSink sink, int depth = 0)
    {
        int start = writer.Position;
        int mark = sink.Mark();
        WriteScope scope = WriteScope.Begin(this, sink);
        try
        {
            bool isShallow = !scope.MayNest() || TryWriteShallow(scope, writer, value);
            if (!isShallow && !scope.IsTooDeep)
            {
                writer.Rollback(start);
                sink.Rollback(mark);
                JsonSerializer.Serialize(scope.Open(writer, isDeep: true), value, Contract<T>());
            }

            if (scope.IsRoot && scope.IsTooDeep)
            {
                throw SendDepth.Refusal();
            }

            if (scope.IsRoot && (!isShallow || scope.HasParts))
            {
                SendDepth.Check(writer.WrittenSpan[start..], depth);
            }
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new RpcValueException($"A value of type {typeof(T).Name} cannot be sent: {Sentence(error)}", error);
        }
        finally
        {
            scope.End();
        }
    }

    /// <summary>Reads an expression.</summary>
    /// <param name="expression">The text.</param>
    /// <param name="source">
    /// Gives stubs for the references. <see cref="ReferenceSource.None"/> saves the search for references in the text.
    /// </param>
    /// <param name="isPlain">Whether the text holds no special form. Such a text need not have been scanned.</param>
    /// <exception cref="RpcValueException">The text is no <typeparamref name="T"/>.</exception>
    internal T Read<T>(ReadOnlySpan<byte> expression, ReferenceSource source, bool isPlain = false)
    {
        ReadScope? scope = null;
        byte[]? blanked = null;
        try
        {
            scope = ReadScope.Begin(expression, source);
            if (!isPlain && typeof(T) != typeof(object) && UndefinedBlanks.MayBeIn(expression))
            {
                if (default(T) is null && typeof(T) != typeof(RpcUndefined) && expression.SequenceEqual("[\"undefined\"]"u8))
                {
                    return default!;
                }

                blanked = ArrayPool<byte>.Shared.Rent(expression.Length);
                expression = Blank(expression, blanked, scope);
            }

            return JsonSerializer.Deserialize(expression, Contract<T>())!;
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new RpcValueException($"Expected a value of type {typeof(T).Name}: {Sentence(error)}", error);
        }
        finally
        {
            scope?.End();
            if (blanked is not null)
            {
                ArrayPool<byte>.Shared.Return(blanked);
            }
        }
    }

    void IValueWriter.WriteAny(ExpressionWriter writer, object? value, ReferenceSink sink, int depth) => Write(writer, value, sink, depth);

    /// <summary>Writes the error of a rejection or abort: an error form, or any value that was thrown.</summary>
    internal void WriteError(ExpressionWriter writer, Exception error, ReferenceSink sink) => ErrorForm.Write(this, writer, error, sink);

    /// <summary>Reads the error of a rejection or abort.</summary>
    internal RpcException ReadError(ReadOnlySpan<byte> expression, ReferenceSource source) =>
        Read<object?>(expression, source) switch
        {
            RpcException error => error,
            var thrown => new RpcException(thrown?.ToString() ?? "null") { Thrown = thrown },
        };

    private bool TryWriteShallow<T>(WriteScope scope, ExpressionWriter writer, T value)
    {
        Utf8JsonWriter json = scope.Open(writer, isDeep: false);
        try
        {
            JsonSerializer.Serialize(json, value, Contract<T>());
            return !scope.TakeNeedsDeep();
        }
        catch (Exception error) when (error is not RpcException && json.CurrentDepth >= WriteScope.ShallowDepth)
        {
            scope.TakeNeedsDeep();
            return false;
        }
    }

    private static ReadOnlySpan<byte> Blank(ReadOnlySpan<byte> expression, byte[] room, ReadScope scope)
    {
        expression.CopyTo(room);
        Span<byte> copy = room.AsSpan(0, expression.Length);
        UndefinedBlanks.Blank(copy, scope.Undefineds);
        return copy;
    }

    private static string Sentence(Exception error) =>
        error is JsonException { Path: { } path } ? $"at {path}, {error.Message}" : error.Message;

    private JsonTypeInfo<T> Contract<T>()
    {
        // Most programs have one serializer, so the last contract of a type is usually the right one.
        LastContract<T>? last = LastContract<T>.Value;
        if (last?.Serializer != this)
        {
            LastContract<T>.Value = last = new LastContract<T>(this, (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T)));
        }

        return last.Contract;
    }

    private sealed record LastContract<T>(RpcSerializer Serializer, JsonTypeInfo<T> Contract)
    {
        public static LastContract<T>? Value;
    }
}
