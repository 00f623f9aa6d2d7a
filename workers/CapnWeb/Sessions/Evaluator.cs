using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Finds the hook for an id, either in a session's tables or among the variables of a map.</summary>
internal interface IIdResolver
{
    SessionCore Session { get; }

    /// <summary>The budget of the message that is evaluated.</summary>
    WorkBudget Work { get; }

    /// <summary>The number of maps that are nested around the evaluated text. It is 0 for a message.</summary>
    int MapDepth { get; }

    /// <summary>Returns the hook for an id. The caller owns the hook.</summary>
    /// <exception cref="RpcException">The id is unknown.</exception>
    Hook Find(MentionKind kind, long id);
}

/// <summary>Evaluates the reference forms of a scanned text in order: it looks up ids and makes the calls.</summary>
internal readonly ref struct Evaluator(IIdResolver scope, ReadOnlySpan<byte> text, in MentionList mentions)
{
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly ref readonly MentionList _mentions = ref mentions;

    /// <summary>Evaluates an expression and returns its hook, which the caller owns.</summary>
    public Hook Evaluate(TextRange expression)
    {
        if (_mentions.Count > 0 && _mentions[0].Form == expression)
        {
            return Evaluate(0, isCopied: false);
        }

        return PromiseHook.Resolved(scope.Session, Capture(expression, 0, _mentions.Count));
    }

    /// <summary>
    /// Copies a part of the text as a value. Its references are the list's entries from <paramref name="first"/> up to, but not including,
    /// <paramref name="end"/>.
    /// </summary>
    public Expression<Hook> Capture(TextRange part, int first, int end) => Capture(part, first, end, isCopied: false);

    // Calls can be arguments of calls, and each level copies the text of all levels in it. So only the outermost copy is free.
    private Expression<Hook> Capture(TextRange part, int first, int end, bool isCopied)
    {
        if (isCopied)
        {
            // Twice, because each copy also needs new memory.
            scope.Work.SpendCopy(2L * part.Length);
        }

        List<TextRange> forms = [];
        List<Hook> hooks = [];
        try
        {
            for (int i = first; i < end; i += 1 + _mentions[i].Descendants)
            {
                TextRange form = _mentions[i].Form;
                hooks.Add(Evaluate(i, isCopied: true));
                forms.Add(form with { Start = form.Start - part.Start });
            }
        }
        catch
        {
            hooks.ForEach(static hook => hook.Dispose());
            throw;
        }

        return new Expression<Hook>(part.Of(_text).ToArray(), [.. forms], [.. hooks]);
    }

    /// <summary>Releases the references that the peer exported in this text, because nobody will read them.</summary>
    public void ReleaseUnused()
    {
        for (int i = 0; i < _mentions.Count; i++)
        {
            bool isExported = _mentions[i].Kind switch
            {
                MentionKind.Export or MentionKind.Promise or MentionKind.Writable => true,
                MentionKind.Import or MentionKind.Pipeline or MentionKind.Remap or MentionKind.Readable => false,
            };
            if (isExported)
            {
                scope.Find(_mentions[i].Kind, _mentions[i].Id).Dispose();
            }
        }
    }

    private Hook Evaluate(int index, bool isCopied)
    {
        ref readonly Mention mention = ref _mentions[index];
        scope.Work.Spend(WorkBudget.UnitsPerStep);
        Hook found = scope.Find(mention.Kind, mention.Id);
        try
        {
            return mention.Kind switch
            {
                MentionKind.Pipeline => Follow(found, index, isCopied),
                MentionKind.Import => Passed(Follow(found, index, isCopied)),
                MentionKind.Remap => Map(found, mention),
                MentionKind.Export or MentionKind.Promise or MentionKind.Readable or MentionKind.Writable => found.Duplicate(),
            };
        }
        finally
        {
            found.Dispose();
        }
    }

    // A settled promise passes on its end, which keeps chains short.
    private static Hook Passed(Hook hook)
    {
        Hook end = PromiseHook.Unwrap(hook);
        if (end != hook && end.TryAddHolder())
        {
            hook.Dispose();
            hook = end;
        }

        return hook.IsPromise ? new ForwardedHook(hook) : hook;
    }

    private PathRest PathOf(in Mention mention) =>
        new(new PropertyPath(mention.Path.IsMissing ? RpcPath.Root : mention.Path.Of(_text).ToArray(), scope.Work));

    private Hook Follow(Hook found, int index, bool isCopied)
    {
        ref readonly Mention mention = ref _mentions[index];
        PathRest path = PathOf(mention);
        return mention.Arguments.IsMissing
            ? found.Get(path)
            : found.Call(path, Capture(mention.Arguments, index + 1, index + 1 + mention.Descendants, isCopied));
    }

    private Hook Map(Hook found, in Mention mention)
    {
        Hook input = found.Get(PathOf(mention));
        try
        {
            var captures = new MapCaptures(scope, mention.Captures.Of(_text));
            return MapRun.Start(scope, input, captures.Hooks, mention.Instructions.Of(_text).ToArray());
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }
}
