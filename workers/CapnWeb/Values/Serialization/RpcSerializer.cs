using System.Buffers;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>
/// Converts .NET values to expressions and back, according to their System.Text.Json contracts. The serializer is immutable, so several
/// sessions can share it. VALUES.md describes how each type is written.
/// </summary>
public sealed class RpcSerializer : IValueWriter
{
    private static readonly Lazy<RpcSerializer> s_reflecting = new(() => new RpcSerializer(new JsonSerializerOptions(ValueOptions.Naming)));

    private readonly JsonSerializerOptions _options;
    private readonly JsonSerializerOptions _typed;

    /// <summary>Creates a serializer with the contracts, naming and converters of the options. The options are copied.</summary>
    public RpcSerializer(JsonSerializerOptions options)
    {
        _options = ValueOptions.Complete(options);
        _typed = ValueOptions.ForTypedReading(_options);
    }

    /// <summary>
    /// Creates a serializer with the contracts of a source-generated context, for trimmed and native programs. Names are converted to
    /// camelCase.
    /// </summary>
    public RpcSerializer(IJsonTypeInfoResolver resolver)
        : this(new JsonSerializerOptions(ValueOptions.Naming) { TypeInfoResolver = resolver })
    {
    }

    /// <summary>
    /// The default serializer. It creates contracts by reflection, if the program allows that. Names are converted to camelCase.
    /// </summary>
    public static RpcSerializer Default => s_reflecting.Value;

    /// <summary>Writes a value as one expression. After an error, the caller removes the text that was written.</summary>
    /// <param name="writer">The writer for the text.</param>
    /// <param name="value">The value to write.</param>
    /// <param name="sink">The sink that writes the references in the value.</param>
    /// <param name="depth">The nesting depth of the value in its message: 1 for an argument, 0 for a result.</param>
    /// <exception cref="RpcValueException">The value cannot be sent.</exception>
    internal void Write<T>(ExpressionWriter writer, T value, ReferenceSink sink, int depth = 0)
    {
        if (TryWrite(writer, value, sink, depth) is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    private RpcException? TryWrite<T>(ExpressionWriter writer, T value, ReferenceSink sink, int depth)
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
                return SendDepth.Refusal();
            }

            if (scope.Failure is { } failure)
            {
                return Refusal<T>(failure, scope);
            }

            if (scope.IsRoot && (!isShallow || scope.HasParts))
            {
                SendDepth.Check(writer.WrittenSpan[start..], depth);
            }

            return null;
        }
        catch (Exception error)
        {
            return Refusal<T>(error, scope);
        }
        finally
        {
            scope.End();
        }
    }

    /// <summary>Reads a value from an expression.</summary>
    /// <param name="expression">The text of the expression.</param>
    /// <param name="source">
    /// The source of the stubs for references. With <see cref="ReferenceSource.None"/>, the text is not searched for references.
    /// </param>
    /// <param name="isPlain">Whether the text contains no special form. Such a text need not have been scanned.</param>
    /// <exception cref="RpcValueException">The text cannot be read as <typeparamref name="T"/>.</exception>
    internal T Read<T>(ReadOnlySpan<byte> expression, ReferenceSource source, bool isPlain = false)
    {
        ReadScope? scope = null;
        ReadOnlySpan<byte> original = expression;
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

            return JsonSerializer.Deserialize(expression, ReadContract<T>())!;
        }
        catch (Exception error) when (error is not RpcException)
        {
            throw new RpcValueException($"Expected a value of type {typeof(T).Name}{Reason(error, original)}", error);
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

    RpcException? IValueWriter.TryWriteAny(ExpressionWriter writer, object? value, ReferenceSink sink, int depth) =>
        TryWrite(writer, value, sink, depth);

    /// <summary>Writes the error of a reject or abort message: an error form, or the thrown value if it is not an error.</summary>
    internal void WriteError(ExpressionWriter writer, Exception error, ReferenceSink sink) => ErrorForm.Write(this, writer, error, sink);

    /// <summary>Reads the error of a reject or abort message.</summary>
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

    // The error of a value that cannot be sent. The text of other exceptions than this library's may be secret.
    private static RpcException Refusal<T>(Exception error, WriteScope scope) => error switch
    {
        RpcException refusal => refusal,
        _ when RefusedValueException.In(error) is { } refused =>
            new RpcValueException($"A value of type {typeof(T).Name} cannot be sent: {refused.Sentence()}", error),
        _ when scope.IsAtEnd => SendDepth.Refusal(error),
        _ => new RpcValueException($"A value of type {typeof(T).Name} cannot be sent: {error.Message}", error) { IsUnexpected = true },
    };

    // The message of an exception that is not this library's may be the application's, for example of a constructor, or name .NET types.
    private static string Reason(Exception error, ReadOnlySpan<byte> text) =>
        RefusedValueException.In(error) is { } refused ? $": {refused.Sentence()}"
        : error is JsonException { Path: { } path } && IsPathIn(path, text) ? $": at {path}, another came."
        : ".";

    // Whether the names of a path occur in the peer's text, one after the other. The path may also be of a text that the application reads.
    private static bool IsPathIn(string path, ReadOnlySpan<byte> text)
    {
        foreach (string name in path.Split(['$', '.', '[', ']', '\''], StringSplitOptions.RemoveEmptyEntries))
        {
            int start = text.IndexOf(Encoding.UTF8.GetBytes(name));
            if (start < 0 && !int.TryParse(name, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }

            text = text[Math.Max(start, 0)..];
        }

        return true;
    }

    private JsonTypeInfo<T> Contract<T>() => Cached(ref LastContract<T>.Written, _options);

    private JsonTypeInfo<T> ReadContract<T>() => Cached(ref LastContract<T>.Read, typeof(T) == typeof(object) ? _options : _typed);

    private JsonTypeInfo<T> Cached<T>(ref LastContract<T>? last, JsonSerializerOptions options)
    {
        // Each type has one cached contract. It is replaced if it belongs to another serializer; most programs have only one.
        LastContract<T>? cached = last;
        if (cached?.Serializer != this)
        {
            last = cached = new LastContract<T>(this, (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
        }

        return cached.Contract;
    }

    private sealed record LastContract<T>(RpcSerializer Serializer, JsonTypeInfo<T> Contract)
    {
        public static LastContract<T>? Written;
        public static LastContract<T>? Read;
    }
}
