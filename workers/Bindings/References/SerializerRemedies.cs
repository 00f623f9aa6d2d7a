using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.References;

/// <summary>
/// A remedy that measures only the serialization. It differs from a serializer reference in one property, to show its effect.
/// </summary>
public abstract class SerializerRemedy : SerializerReference
{
    // A Greek letter, which has two bytes in UTF-8 but six bytes as an escape sequence in JSON.
    private protected const char NonAscii = 'λ';

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Tags => [BindingTags.Reference, BindingTags.Remedy];
}

/// <summary>Like <see cref="JsonReference"/>, but it serializes by reflection instead of by generated code.</summary>
public sealed class JsonReflection : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "json-reflection";

    /// <inheritdoc/>
    public override string Settings => "JSON of request and response by reflection, written and read, nothing moved";

    private protected override WireFormat Format => JsonVariantWire.ByReflection();
}

/// <summary>Like <see cref="MessagePackReference"/>, but by the formatters that the library generates from attributes.</summary>
public sealed class MessagePackIntKeys : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "messagepack-int-keys";

    /// <inheritdoc/>
    public override string Settings => "MessagePack of request and response as arrays, by the library's dynamic resolver from attributes, "
        + "written and read, nothing moved";

    private protected override WireFormat Format => MessagePackKeysWire.Shared;
}

/// <summary>Like <see cref="MessagePackIntKeys"/>, but it writes member names instead of array positions.</summary>
public sealed class MessagePackStringKeys : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "messagepack-string-keys";

    /// <inheritdoc/>
    public override string Settings => "MessagePack of request and response as maps with the members' names, "
        + "by the library's contractless resolver, written and read, nothing moved";

    private protected override WireFormat Format => MessagePackVariantWire.Names;
}

/// <summary>Like <see cref="MessagePackReference"/>, but compressed with LZ4.</summary>
public sealed class MessagePackLz4 : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "messagepack-lz4";

    /// <inheritdoc/>
    public override string Settings => "MessagePack of request and response by hand-written formatters in the library's LZ4 block arrays, "
        + "written and read, nothing moved";

    private protected override WireFormat Format => MessagePackVariantWire.Lz4;
}

/// <summary>Like <see cref="JsonReference"/>, but with a non-ASCII text. Its escaped JSON has the same length.</summary>
public sealed class JsonNonAscii : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "json-non-ascii";

    /// <inheritdoc/>
    public override string Settings => "as json-floor, of Greek text, which JSON escapes by default";

    /// <inheritdoc/>
    public override char? Letter => NonAscii;

    private protected override WireFormat Format => JsonWire.Shared;
}

/// <summary>Like <see cref="JsonNonAscii"/>, but it does not escape the text.</summary>
public sealed class JsonNonAsciiRelaxed : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "json-non-ascii-relaxed";

    /// <inheritdoc/>
    public override string Settings => "as json-non-ascii, the text as it is by JavaScriptEncoder.UnsafeRelaxedJsonEscaping";

    /// <inheritdoc/>
    public override char? Letter => NonAscii;

    private protected override WireFormat Format => JsonVariantWire.Relaxed();
}

/// <summary>Like <see cref="MessagePackReference"/>, but with the text of <see cref="JsonNonAscii"/>.</summary>
public sealed class MessagePackNonAscii : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "messagepack-non-ascii";

    /// <inheritdoc/>
    public override string Settings => "as messagepack-floor, of the text of json-non-ascii";

    /// <inheritdoc/>
    public override char? Letter => NonAscii;

    private protected override WireFormat Format => MessagePackWire.Shared;
}
