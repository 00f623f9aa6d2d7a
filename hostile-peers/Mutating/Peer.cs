namespace WorkerRpc.Hostile.Mutating;

/// <summary>
/// The tables of a peer. It repairs the ids and forms of the peer's messages, so that the session accepts them. It learns from the
/// session's messages which objects the session has exported and which calls it has made.
/// </summary>
internal sealed class Peer
{
    private readonly List<long> _pushes = [];
    private readonly List<long> _promises = [];
    private readonly List<long> _pulled = [];
    private readonly SortedDictionary<long, int> _imports = [];
    private long _lastPush;
    private long _lastExport;

    /// <summary>
    /// Repairs a message. Returns null if the message would end the session whatever its ids are: then it is not sent.
    /// </summary>
    public JsonList? Repair(JsonList message)
    {
        List<JsonTree> items = message.Items;
        switch (message.Name)
        {
            case "push" or "stream" when items.Count > 1:
                items[1] = Expression(items[1], null);
                _lastPush++;
                if (message.Name == "push")
                {
                    _pushes.Add(_lastPush);
                }

                return message;
            case "pull" when items.Count > 1 && _pushes.Count > 0:
                items[1] = JsonTree.Number(NearestPush(IntegerOf(items[1])));
                return message;
            case "release" when items.Count > 1:
                return Release(items);
            case "resolve" or "reject" when items.Count > 2:
                items[1] = JsonTree.Number(Answered(items[1]));
                items[2] = Expression(items[2], null);
                return message;
            default:
                return null;
        }
    }

    /// <summary>Records a message that the session has sent.</summary>
    public void Observe(JsonList message)
    {
        switch (message.Name)
        {
            case "push" or "resolve" or "reject" or "stream":
                CountExports(message);
                break;
            case "pull" when message.Items is [_, JsonScalar id, ..] && id.IsInteger(out long pulled):
                _pulled.Add(pulled);
                break;
        }
    }

    /// <summary>
    /// The messages after which the session holds nothing for this peer: every call is answered, every promise is resolved, and everything
    /// is released.
    /// </summary>
    public List<JsonList> Farewell()
    {
        JsonList nothing = JsonTree.Form("undefined");
        List<JsonList> messages =
        [
            .. _promises.Concat(_pulled).Select(id => JsonTree.Form("resolve", JsonTree.Number(id), nothing)),
            .. _pushes.Select(id => JsonTree.Form("release", JsonTree.Number(id), JsonTree.Number(1))),
            .. _imports.Select(import => JsonTree.Form("release", JsonTree.Number(import.Key), JsonTree.Number(import.Value))),
        ];
        _promises.Clear();
        _pulled.Clear();
        _pushes.Clear();
        _imports.Clear();
        return messages;
    }

    /// <summary>A call that a living session answers, its pull, and its id.</summary>
    public (JsonList Push, JsonList Pull, long Id) Probe()
    {
        _pushes.Add(++_lastPush);
        JsonList call = JsonTree.Form(
            "pipeline", JsonTree.Number(0), JsonTree.List(JsonTree.Text("square")), JsonTree.List(JsonTree.Number(3)));
        return (JsonTree.Form("push", call), JsonTree.Form("pull", JsonTree.Number(_lastPush)), _lastPush);
    }

    private JsonList? Release(List<JsonTree> items)
    {
        if (Nearest(items[1]) is not { } id)
        {
            return null;
        }

        int count = 1;
        if (!_pushes.Remove(id))
        {
            int mentions = _imports[id];
            count = items.Count > 2 && items[2] is JsonScalar wanted && wanted.IsInteger(out long value) && value > 0 && value < mentions
                ? (int)value
                : mentions;
            _imports[id] = mentions - count;
            if (mentions == count)
            {
                _imports.Remove(id);
            }
        }

        return JsonTree.Form("release", JsonTree.Number(id), JsonTree.Number(count));
    }

    // Prefers a promise or call that waits for an answer. The session ignores an answer that it does not expect.
    private long Answered(JsonTree wanted)
    {
        long id = IntegerOf(wanted);
        if (!_promises.Contains(id) && !_pulled.Contains(id))
        {
            id = _promises.Count > 0 ? _promises[^1] : _pulled.Count > 0 ? _pulled[^1] : _lastPush + 1_000;
        }

        _pulled.Remove(id);
        _promises.Remove(id);
        return id;
    }

    private JsonTree Expression(JsonTree value, MapScope? map)
    {
        if (value is JsonMembers members)
        {
            for (int i = 0; i < members.Members.Count; i++)
            {
                members.Members[i] = members.Members[i] with { Value = Expression(members.Members[i].Value, map) };
            }
        }
        else if (value is JsonList form)
        {
            return Form(form, map);
        }

        return value;
    }

    private JsonTree Form(JsonList form, MapScope? map)
    {
        if (Grammar.EscapedArray(form) is { } elements)
        {
            Each(elements, map);
            return form;
        }

        List<JsonTree> items = form.Items;
        switch (form.Name)
        {
            case "import" or "pipeline":
                Reference(items, map);
                if (items.Count > Grammar.ArgumentsAt)
                {
                    items[Grammar.ArgumentsAt] = Each(AsList(items[Grammar.ArgumentsAt]), map);
                }

                return form;
            case "remap" when items.Count > Grammar.InstructionsAt:
                Remap(items, map);
                return form;
            case "export" or "promise" when map is null:
                Export(form);
                return form;
            case "export" or "promise" or "readable" or "writable":
                return JsonScalar.Null;
            case "error" when items is [_, JsonScalar { IsString: true }, JsonScalar { IsString: true }, ..]:
                return Error(items, map);
            case { } name when IsValid(name, items):
                return form;
            default:
                // An unknown form is sent as a plain array.
                return JsonTree.List(Each(form, map));
        }
    }

    private JsonList Each(JsonList list, MapScope? map)
    {
        for (int i = 0; i < list.Items.Count; i++)
        {
            list.Items[i] = Expression(list.Items[i], map);
        }

        return list;
    }

    private void Reference(List<JsonTree> items, MapScope? map)
    {
        JsonTree wanted = items.Count > Grammar.IdAt ? items[Grammar.IdAt] : JsonTree.Number(0);
        long id = map?.Nearest(wanted) ?? (IntegerOf(wanted) == 0 ? 0 : Nearest(wanted) ?? 0);
        Set(items, Grammar.IdAt, JsonTree.Number(id));
        if (items.Count > Grammar.PathAt)
        {
            items[Grammar.PathAt] = JsonTree.List(AsList(items[Grammar.PathAt]).Items.OfType<JsonScalar>()
                .Where(part => part.IsString || (part.IsInteger(out long index) && index >= 0)));
        }
    }

    private void Remap(List<JsonTree> items, MapScope? map)
    {
        Reference(items, map);
        JsonList captures = AsList(items[Grammar.ArgumentsAt]);
        captures.Items.RemoveAll(capture => capture is not JsonList { Name: "import" or "export", Items.Count: 2 });
        Each(captures, map);
        captures.Items.RemoveAll(capture => capture is not JsonList);
        items[Grammar.ArgumentsAt] = captures;
        JsonList instructions = AsList(items[Grammar.InstructionsAt]);
        for (int i = 0; i < instructions.Items.Count; i++)
        {
            instructions.Items[i] = Expression(instructions.Items[i], new MapScope(captures.Items.Count, i));
        }

        items[Grammar.InstructionsAt] = instructions;
    }

    private void Export(JsonList form)
    {
        Set(form.Items, Grammar.IdAt, JsonTree.Number(--_lastExport));
        form.Items.RemoveRange(Grammar.PathAt, form.Items.Count - Grammar.PathAt);
        if (form.Name == "promise")
        {
            _promises.Add(_lastExport);
        }
    }

    private JsonList Error(List<JsonTree> items, MapScope? map)
    {
        JsonList error = JsonTree.List(items.Take(3));
        if (items.Count > 4 && items[4] is JsonMembers properties)
        {
            error.Items.AddRange([JsonScalar.Null, Expression(properties, map)]);
        }

        return error;
    }

    private static bool IsValid(string name, List<JsonTree> items) => name switch
    {
        "undefined" => items.Count == 1,
        "inf" or "-inf" or "nan" => true,
        "date" => items is [_, JsonScalar { IsString: false }],
        "bytes" => items is [_, JsonScalar { IsString: true } text] && text.Raw.Length % 4 != 3 && text.Raw[1..^1].All(char.IsAsciiLetter),
        "bigint" => items is [_, JsonScalar { IsString: true } digits] && digits.Raw.Length > 2 && digits.Raw[1..^1].All(char.IsAsciiDigit),
        "url" => items is [_, JsonScalar { IsString: true } url] && url.Raw.StartsWith("\"http://", StringComparison.Ordinal),
        _ => false,
    };

    private static JsonList AsList(JsonTree value) => value as JsonList ?? JsonTree.List();

    private static void Set(List<JsonTree> items, int index, JsonTree value)
    {
        if (index < items.Count)
        {
            items[index] = value;
        }
        else
        {
            items.Add(value);
        }
    }

    // A mutation may have put another value in the place of an id. The newest id is taken instead.
    private static long IntegerOf(JsonTree value) =>
        value is JsonScalar scalar && scalar.IsInteger(out long id) ? id : long.MaxValue;

    /// <summary>The id itself if it is live, or else another live id. Null if there is none.</summary>
    private long? Nearest(JsonTree wanted)
    {
        long id = IntegerOf(wanted);
        if (_imports.Count > 0 && (id < 0 || _pushes.Count == 0))
        {
            return _imports.ContainsKey(id) ? id : _imports.Keys.ElementAt((int)((ulong)id % (ulong)_imports.Count));
        }

        return _pushes.Count == 0 ? null : NearestPush(id);
    }

    // The ids of pushes ascend. A larger id than all becomes the newest one.
    private long NearestPush(long id) => id > _pushes[^1] ? _pushes[^1]
        : _pushes.BinarySearch(id) >= 0 ? id
        : _pushes[(int)((ulong)id % (ulong)_pushes.Count)];

    private void CountExports(JsonList message)
    {
        foreach (Site site in Grammar.SitesOf(message).Where(site => site.Role == Role.Expression))
        {
            if (site.Value is JsonList { Name: "export" or "promise", Items: [_, JsonScalar id] } && id.IsInteger(out long export))
            {
                _imports[export] = _imports.GetValueOrDefault(export) + 1;
            }
        }
    }

    /// <summary>The numbers that an instruction of a map can refer to.</summary>
    /// <param name="Captures">The number of captured references, which have the ids -1, -2 and so on.</param>
    /// <param name="Earlier">The number of earlier instructions, whose results have the ids 1, 2 and so on.</param>
    private sealed record MapScope(int Captures, int Earlier)
    {
        public long Nearest(JsonTree wanted)
        {
            long id = IntegerOf(wanted);
            return Math.Clamp(id, -Captures, Earlier);
        }
    }
}
