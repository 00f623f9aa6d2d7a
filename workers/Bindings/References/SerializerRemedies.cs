using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.References;

/// <summary>A row of serialization that differs in one thing from another, so that the two tell what that thing is worth.</summary>
public abstract class SerializerRemedy : SerializerReference
{
    // Greek: two bytes as they are, six as JSON escapes them.
    private protected const char NonAscii = 'λ';

    /// <inheritdoc/>
    public sealed override IReadOnlyList<string> Tags => [BindingTags.Reference, BindingTags.Remedy];
}

/// <summary>As <see cref="JsonReference"/>, by reflection.</summary>
public sealed class JsonReflection : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "json-reflection";

    /// <inheritdoc/>
    public override string Settings => "JSON of request and response by reflection, written and read, nothing moved";

    private protected override WireFormat Format => JsonVariantWire.ByReflection();
}

/// <summary>As <see cref="MessagePackReference"/>, with names in place of int keys.</summary>
public sealed class MessagePackStringKeys : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "messagepack-string-keys";

    /// <inheritdoc/>
    public override string Settings => "MessagePack of request and response as maps with the members' names, by the library's contractless resolver, written and read, nothing moved";

    private protected override WireFormat Format => MessagePackVariantWire.Names;
}

/// <summary>As <see cref="MessagePackReference"/>, compressed by LZ4.</summary>
public sealed class MessagePackLz4 : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "messagepack-lz4";

    /// <inheritdoc/>
    public override string Settings => "MessagePack of request and response by hand-written formatters in the library's LZ4 block arrays, written and read, nothing moved";

    private protected override WireFormat Format => MessagePackVariantWire.Lz4;
}

/// <summary>As <see cref="JsonReference"/>, of text beyond ASCII whose JSON is as long.</summary>
public sealed class JsonNonAscii : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "json-non-ascii";

    /// <inheritdoc/>
    public override string Settings => "as json-floor, of Greek text, which JSON escapes by default";

    /// <inheritdoc/>
    public override char Letter => NonAscii;

    private protected override WireFormat Format => JsonWire.Shared;
}

/// <summary>As <see cref="JsonNonAscii"/>, the text left as it is.</summary>
public sealed class JsonNonAsciiRelaxed : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "json-non-ascii-relaxed";

    /// <inheritdoc/>
    public override string Settings => "as json-non-ascii, the text as it is by JavaScriptEncoder.UnsafeRelaxedJsonEscaping";

    /// <inheritdoc/>
    public override char Letter => NonAscii;

    private protected override WireFormat Format => JsonVariantWire.Relaxed();
}

/// <summary>As <see cref="MessagePackReference"/>, of the text of <see cref="JsonNonAscii"/>.</summary>
public sealed class MessagePackNonAscii : SerializerRemedy
{
    /// <inheritdoc/>
    public override string Id => "messagepack-non-ascii";

    /// <inheritdoc/>
    public override string Settings => "as messagepack-floor, of the text of json-non-ascii";

    /// <inheritdoc/>
    public override char Letter => NonAscii;

    private protected override WireFormat Format => MessagePackWire.Shared;
}
