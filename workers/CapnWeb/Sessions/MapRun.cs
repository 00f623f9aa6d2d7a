using System.Text.Json;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>How much the maps of one message may still do, nested ones included.</summary>
internal sealed class MapBudget(int limit)
{
    // Text is copied and scanned each time, so long instructions count more.
    private const int BytesPerUnit = 1024;

    private readonly int _limit = limit;
    private int _left = limit;

    /// <summary>Counts one run of an instruction.</summary>
    public void Spend(int length)
    {
        _left -= 1 + (length / BytesPerUnit);
        if (_left < 0)
        {
            throw CallErrors.TooMuchMapWork(_limit);
        }
    }
}

/// <summary>A map on its way: waits for its input and runs the instructions on it, or on each of its elements.</summary>
internal sealed class MapRun : IAsker
{
    private readonly SessionCore _session;
    private readonly Hook _input;
    private readonly Hook[] _captures;
    private readonly byte[] _instructions;
    private readonly MapBudget _budget;
    private readonly PromiseHook _result;

    private MapRun(SessionCore session, Hook input, Hook[] captures, byte[] instructions, MapBudget budget)
    {
        _session = session;
        _input = input;
        _captures = captures;
        _instructions = instructions;
        _budget = budget;
        _result = new PromiseHook(session);
    }

    /// <summary>Begins a map. Takes the input and the captures over; the result is the caller's.</summary>
    public static Hook Start(IScope scope, Hook input, Hook[] captures, byte[] instructions)
    {
        MapBudget budget = (scope as MapScope)?.Budget ?? new MapBudget(scope.Session.Limits.MaxMapWork);
        var run = new MapRun(scope.Session, input, captures, instructions, budget);
        PromiseHook result = run._result;
        input.Ask(run);
        return result;
    }

    public void Settled(in Outcome outcome)
    {
        try
        {
            Resolve(outcome);
        }
        catch (Exception error) when (error is RpcException or ObjectDisposedException)
        {
            _result.Settle(Outcome.Failed(error));
        }
        foreach (Hook capture in _captures)
        {
            capture.Dispose();
        }
        _input.Dispose();
    }

    private void Resolve(in Outcome outcome)
    {
        if (outcome.Error is not null)
        {
            _result.Settle(outcome);
        }
        else if (outcome.Value is not { } value)
        {
            _result.Settle(Outcome.Of(Apply(Captured.Of(outcome.Reference!.Duplicate()))));
        }
        else if (IsNothing(value.Text.Span))
        {
            _result.Settle(Outcome.Of(value.Share()));
        }
        else if (Elements(value) is { } elements)
        {
            MapElements(value, elements);
        }
        else
        {
            _result.Settle(Outcome.Of(Apply(value.Share())));
        }
    }

    private void MapElements(Expression<Hook> value, List<TextRange> elements)
    {
        List<Expression<Hook>?> mapped = [];
        try
        {
            foreach (TextRange element in elements)
            {
                mapped.Add(Apply(value.Part(element.Start, element.Length).Share()));
            }
        }
        catch
        {
            mapped.ForEach(static done => done?.Discard());
            throw;
        }
        _result.Settle(Outcome.Of(Join(mapped)));
    }

    /// <summary>Runs the instructions on one value, which is taken over.</summary>
    private Expression<Hook> Apply(Expression<Hook> input)
    {
        using var scope = new MapScope(_session, input, _captures, _budget);
        var reader = new Utf8JsonReader(_instructions, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        Expression<Hook>? last = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            _budget.Spend((int)reader.BytesConsumed - start);
            last = scope.Run(_instructions.AsSpan(start, (int)reader.BytesConsumed - start));
        }
        return last?.Share() ?? throw new RpcException("The map has no instruction.");
    }

    private static bool IsNothing(ReadOnlySpan<byte> value) => value.SequenceEqual("null"u8) || value.SequenceEqual("[\"undefined\"]"u8);

    private static List<TextRange>? Elements(Expression<Hook> value)
    {
        var reader = new Utf8JsonReader(value.Text.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray || !reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return null;
        }
        List<TextRange> elements = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            elements.Add(new TextRange(start, (int)reader.BytesConsumed - start));
        }
        return elements;
    }

    private static Expression<Hook> Join(List<Expression<Hook>?> values)
    {
        using var writer = new ExpressionWriter();
        var places = new TextRange[values.Count];
        writer.WriteRaw("[["u8);
        for (int i = 0; i < places.Length; i++)
        {
            writer.WriteRaw(i > 0 ? ","u8 : ""u8);
            places[i] = new TextRange(writer.Position, Captured.Placeholder.Length);
            writer.WriteRaw(Captured.Placeholder);
        }
        writer.WriteRaw("]]"u8);
        var array = new Expression<Hook>(writer.WrittenSpan.ToArray(), places, new Hook[places.Length]);
        return array.Splice(values.ToArray());
    }
}

/// <summary>The variables of a map on one value: 0 the value, −1, −2 … the captures, 1, 2 … the results so far.</summary>
internal sealed class MapScope(SessionCore session, Expression<Hook> input, Hook[] captures, MapBudget budget) : IScope, IDisposable
{
    private readonly List<Expression<Hook>> _results = [];
    private readonly Hook _input = PromiseHook.Resolved(session, input);

    public SessionCore Session { get; } = session;

    public MapBudget Budget { get; } = budget;

    public Hook Find(MentionKind kind, long id)
    {
        if (kind is MentionKind.Export or MentionKind.Promise)
        {
            throw new RpcException("A map's instruction exports something: expected references to its input, captures and results.");
        }
        if (id == 0)
        {
            return _input.Duplicate();
        }
        if (id < 0 && id >= -captures.Length)
        {
            return captures[-(id + 1)].Duplicate();
        }
        return id > 0 && id <= _results.Count
            ? AsHook(_results[(int)id - 1])
            : throw new RpcException($"A map's instruction refers to {id}: expected {-captures.Length} to {_results.Count}.");
    }

    /// <summary>Runs one instruction. The result is the scope's.</summary>
    public Expression<Hook> Run(ReadOnlySpan<byte> instruction)
    {
        var mentions = default(MentionList);
        try
        {
            ExpressionScanner.ScanAll(instruction, Session.Limits, ref mentions);
            if (mentions.Refused is { } form)
            {
                throw ExpressionScanner.Refusal(form);
            }
            Expression<Hook> result = new Evaluator(this, instruction, mentions).Capture(new TextRange(0, instruction.Length), 0, mentions.Count);
            _results.Add(result);
            return result;
        }
        finally
        {
            mentions.Dispose();
        }
    }

    public void Dispose()
    {
        _results.ForEach(static result => result.Discard());
        _input.Dispose();
    }

    private Hook AsHook(Expression<Hook> result) =>
        result.IsReference ? result.References[0].Duplicate() : PromiseHook.Resolved(Session, result.Share());
}

/// <summary>What a map takes along: stubs by import and export forms.</summary>
internal readonly ref struct MapCaptures
{
    public MapCaptures(IScope scope, ReadOnlySpan<byte> captures)
    {
        var mentions = default(MentionList);
        List<Hook> hooks = [];
        try
        {
            Utf8JsonReader reader = ExpressionScanner.Read(captures, scope.Session.Limits);
            reader.Read();
            ExpressionScanner.ScanArray(ref reader, scope.Session.Limits, ref mentions);
            for (int i = 0; i < mentions.Count; i++)
            {
                hooks.Add(scope.Find(mentions[i].Kind, mentions[i].Id));
            }
        }
        catch
        {
            hooks.ForEach(static hook => hook.Dispose());
            throw;
        }
        finally
        {
            mentions.Dispose();
        }
        Hooks = [.. hooks];
    }

    public Hook[] Hooks { get; }
}
