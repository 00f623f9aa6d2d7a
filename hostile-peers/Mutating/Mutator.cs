namespace WorkerRpc.Hostile.Mutating;

/// <summary>Changes a conversation by its grammar: the order of messages, ids, paths, counts, nesting and values.</summary>
/// <param name="messages">The conversation, which is changed.</param>
/// <param name="conversations">Conversations from which parts are taken.</param>
internal sealed class Mutator(List<JsonList> messages, IReadOnlyList<IReadOnlyList<JsonList>> conversations)
{
    // Values above this number grow too slowly to process, or are found by the session's limits at once.
    private const int MaxValues = 20_000;

    // The library accepts at most 256 levels. The mutator's own recursion is safe up to this depth.
    private const int MaxDepth = 320;

    private static readonly int[] s_sizes = [1, 2, 3, 4, 6, 8, 12, 20, 50, 100, 200, 255, 256, 300, 1_000, 4_000];

    private static readonly long[] s_ids = [0, 1, 2, 3, -1, -2, -3, 7, -7, 1000, -1000, int.MaxValue, int.MinValue, long.MaxValue];

    private static readonly string[] s_names =
    [
        "me", "square", "echo", "len", "list", "keep", "useKept", "dropKept", "makeCounter", "increment", "callFunction", "callSquare",
        "incrementCounter", "nestCallback", "echoDup", "readValue", "hangThrow", "never", "later", "throwRich", "throwString", "fibonacci",
        "record", "getLog", "getObject", "rows", "a", "0", "length", "toString", "__proto__", "constructor", "", "nope",
    ];

    // One value a line.
    private static readonly string[] s_values = """
        null
        true
        0
        -0
        1
        -1
        1.5
        1e21
        5e-324
        1.7976931348623157e308
        9007199254740993
        1e999
        ""
        "a"
        "\ud83d"
        "\u0000"
        {}
        [[]]
        []
        [1]
        [[1],2]
        ["undefined"]
        ["undefined",1]
        ["inf"]
        ["-inf"]
        ["nan"]
        ["bytes","AAEC"]
        ["bytes","AAECAwQFBgc","Float64Array"]
        ["bytes","AA","Int16Array"]
        ["bytes","A"]
        ["bytes","AA","Nope"]
        ["bigint","123456789012345678901234567890"]
        ["bigint","-"]
        ["date",0]
        ["date",null]
        ["date",8640000000000001]
        ["date","x"]
        ["url","http://a/b?c#d"]
        ["url","/a"]
        ["error","TypeError","m"]
        ["error","Error","m","stack"]
        ["error","Error","m",null,{"cause":{"a":1}}]
        ["error","AggregateError","m",null,{"errors":[[1,["error","Error","i"]]]}]
        ["error",1,2]
        ["regexp","a","g"]
        ["map",[[1,2]]]
        ["set",[1]]
        ["headers",[["a","b"]]]
        ["blob","text/plain",["readable",1]]
        ["request","http://a/",{}]
        ["response",null,{}]
        ["writable",-1]
        ["readable",1]
        {"toJSON":1,"__proto__":2,"constructor":{}}
        {"a":1,"a":2}
        {"1":1,"0":2}
        """.ReplaceLineEndings("\n").Split('\n');

    /// <summary>Applies one mutation. A mutation that would exceed the limits, or has nothing to change, changes nothing.</summary>
    public void Mutate(Choices choices)
    {
        if (messages.Count == 0 || choices.Next(3) == 0)
        {
            MutateOrder(ref choices);
            return;
        }

        List<Site> sites = Grammar.SitesOf(choices.Of(messages));
        if (sites.Count == 0)
        {
            return;
        }

        Site site = choices.Of(sites);
        JsonTree changed = Changed(site, ref choices);
        if (messages.Sum(message => message.Count) + changed.Count <= MaxValues
            && changed.Depth + messages.Max(message => message.Depth) <= MaxDepth)
        {
            site.Replace(changed);
        }
    }

    private void MutateOrder(ref Choices choices)
    {
        int at = choices.Next(messages.Count + 1);
        int other = choices.Next(Math.Max(messages.Count, 1));
        switch (choices.Next(12))
        {
            case 0 when messages.Count > other:
                messages.RemoveAt(other);
                break;
            case 1 when messages.Count > other:
                InsertCopies(at, messages[other], choices.Of(s_sizes));
                break;
            case 2 when at < messages.Count:
                (messages[at], messages[other]) = (messages[other], messages[at]);
                break;
            case 3:
                IReadOnlyList<JsonList> source = conversations[(choices.Next(256) * 256 + choices.Next(256)) % conversations.Count];
                Insert(at, source.Select(message => (JsonList)message.Copy()));
                break;
            case 4:
                Insert(at, Enumerable.Range(1, choices.Of(s_sizes)).Select(id => JsonTree.Form("pull", JsonTree.Number(id))));
                break;
            case 5:
                Insert(at, Enumerable.Range(1, choices.Of(s_sizes))
                    .Select(id => JsonTree.Form("release", JsonTree.Number(id), JsonTree.Number(1))));
                break;
            case 6:
                // Each push doubles the one before.
                Insert(at, Enumerable.Range(0, choices.Of(s_sizes)).Select(_ => JsonTree.Form("push", new JsonMembers(
                    [new("\"a\"", JsonTree.Form("pipeline", Latest())), new("\"b\"", JsonTree.Form("pipeline", Latest()))]))));
                break;
            case 7:
                // Each call's argument is the result of the one before.
                string called = choices.Of(s_names);
                Insert(at, Enumerable.Range(0, choices.Of(s_sizes)).Select(_ => Push(called, JsonTree.Form("pipeline", Latest()))));
                break;
            case 8:
                // Each promise resolves to the next one.
                Insert(at, Enumerable.Range(1, choices.Of(s_sizes)).Select(id =>
                    JsonTree.Form("resolve", JsonTree.Number(-id), JsonTree.Form("promise", JsonTree.Number(-id - 1)))));
                break;
            case 9:
                Insert(at, [Push(choices.Of(s_names), JsonTree.Form("export", Latest()), Value(ref choices))]);
                break;
            case 10:
                Insert(at, [Push(choices.Of(s_names), JsonTree.Form("promise", Latest()), Value(ref choices))]);
                break;
            default:
                JsonTree table = JsonTree.Number(choices.Of(s_ids));
                Insert(at, [choices.Next(4) switch
                {
                    0 => JsonTree.Form("resolve", table, Value(ref choices)),
                    1 => JsonTree.Form("reject", table, Value(ref choices)),
                    2 => JsonTree.Form("stream", JsonTree.Form("pipeline", table, JsonTree.List(JsonTree.Text("write")), JsonTree.List())),
                    _ => JsonTree.Form("pipe"),
                }]);
                break;
        }
    }

    // An id that is too large for any table. The peer's repair replaces it by the newest id of the table.
    private static JsonScalar Latest() => JsonTree.Number(int.MaxValue);

    private static JsonList Push(string name, params JsonTree[] arguments) => JsonTree.Form(
        "push", JsonTree.Form("pipeline", JsonTree.Number(0), JsonTree.List(JsonTree.Text(name)), JsonTree.List(arguments)));

    private static JsonTree Value(ref Choices choices) => JsonTree.TryParse(choices.Of(s_values))!;

    private void InsertCopies(int at, JsonList message, int count) =>
        Insert(at, Enumerable.Range(0, count).Select(_ => (JsonList)message.Copy()));

    private void Insert(int at, IEnumerable<JsonList> added)
    {
        int left = MaxValues - messages.Sum(message => message.Count);
        messages.InsertRange(at, [.. added.TakeWhile(message => (left -= message.Count) >= 0)]);
    }

    private JsonTree Changed(Site site, ref Choices choices) => site.Role switch
    {
        Role.Id => JsonTree.Number(choices.Of(s_ids)),
        Role.Count => JsonTree.TryParse(choices.Of(s_values))!,
        Role.Path => ChangedPath(site.Value, ref choices),
        Role.Arguments or Role.Captures or Role.Instructions => ChangedList(site, ref choices),
        _ => ChangedExpression(site.Value, ref choices),
    };

    private static JsonList ChangedPath(JsonTree value, ref Choices choices)
    {
        List<JsonTree> parts = value is JsonList list ? [.. list.Items] : [];
        switch (choices.Next(4))
        {
            case 0:
                parts.Insert(choices.Next(parts.Count + 1), JsonTree.Text(choices.Of(s_names)));
                break;
            case 1:
                parts.InsertRange(0, Enumerable.Repeat(JsonTree.Text(choices.Of(s_names)), choices.Of(s_sizes)));
                break;
            case 2:
                parts.Add(JsonTree.Number(choices.Of(s_ids)));
                break;
            default:
                parts = [.. parts.Skip(1)];
                break;
        }

        return JsonTree.List(parts);
    }

    private JsonList ChangedList(Site site, ref Choices choices)
    {
        List<JsonTree> items = site.Value is JsonList list ? [.. list.Items] : [];
        int at = choices.Next(Math.Max(items.Count, 1));
        switch (choices.Next(4))
        {
            case 0 when items.Count > 0:
                items.RemoveAt(at);
                break;
            case 1 when items.Count > 0:
                items.InsertRange(at, Enumerable.Repeat(items[at], Affordable(items[at], choices.Of(s_sizes))).Select(item => item.Copy()));
                break;
            case 2 when items.Count > 0:
                items.Reverse();
                break;
            default:
                items.Add(NewExpression(ref choices));
                break;
        }

        return JsonTree.List(items);
    }

    private JsonTree ChangedExpression(JsonTree value, ref Choices choices)
    {
        int size = choices.Of(s_sizes);
        switch (choices.Next(8))
        {
            case 0:
                JsonTree nested = value.Copy();
                for (int i = Math.Min(size, MaxDepth / 2); i > 0; i--)
                {
                    nested = JsonTree.List(JsonTree.List(nested));
                }

                return nested;
            case 1:
                JsonTree member = value.Copy();
                for (int i = Math.Min(size, MaxDepth / 2); i > 0; i--)
                {
                    member = new JsonMembers([new("\"a\"", member)]);
                }

                return member;
            case 2:
                return JsonTree.List(JsonTree.List(Enumerable.Repeat(value, Affordable(value, size)).Select(item => item.Copy())));
            case 3:
                return JsonTree.Text(new string('x', size * 4));
            case 4 when value is JsonMembers { Members.Count: > 0 } members:
                List<JsonMember> fewer = [.. members.Members];
                fewer.RemoveAt(choices.Next(fewer.Count));
                return new JsonMembers(fewer);
            default:
                return NewExpression(ref choices);
        }
    }

    private static int Affordable(JsonTree item, int count) => Math.Min(count, MaxValues / item.Count);

    private JsonTree NewExpression(ref Choices choices)
    {
        JsonScalar id = JsonTree.Number(choices.Of(s_ids));
        JsonList path = JsonTree.List(JsonTree.Text(choices.Of(s_names)));
        switch (choices.Next(10))
        {
            case 0:
                return JsonTree.Form("pipeline", id);
            case 1:
                return JsonTree.Form("pipeline", id, path);
            case 2:
                return JsonTree.Form("pipeline", id, path, JsonTree.List(Value(ref choices)));
            case 3:
                return JsonTree.Form(choices.Next(2) == 0 ? "export" : "promise", Latest());
            case 4:
                return JsonTree.Form("import", id);
            case 5:
                return JsonTree.Form(
                    "remap",
                    id,
                    JsonTree.List(),
                    JsonTree.List(Enumerable.Repeat(JsonTree.Form("import", JsonTree.Number(0)), choices.Next(3))),
                    JsonTree.List(Enumerable.Range(0, Math.Min(choices.Of(s_sizes), 1_000)).Select(i => JsonTree.Form(
                        "pipeline", JsonTree.Number(i), path, JsonTree.List(JsonTree.Form("pipeline", JsonTree.Number(0)))))));
            case 6:
                // An expression of another conversation.
                List<Site> sites = [.. choices.Of(conversations).SelectMany(Grammar.SitesOf).Where(site => site.Role == Role.Expression)];
                return sites.Count == 0 ? JsonScalar.Null : choices.Of(sites).Value.Copy();
            default:
                return Value(ref choices);
        }
    }
}
