using System.Text.Json;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A running map operation: waits for its input, and runs the instructions on the input or on each of its elements.</summary>
internal sealed class MapRun : IOutcomeObserver
{
    private readonly SessionCore _session;
    private readonly Hook _input;
    private readonly Hook[] _captures;
    private readonly byte[] _instructions;
    private readonly WorkBudget _work;
    private readonly int _depth;
    private readonly long _held;
    private readonly PromiseHook _result;

    private MapRun(IIdResolver scope, Hook input, Hook[] captures, byte[] instructions)
    {
        _session = scope.Session;
        _input = input;
        _captures = captures;
        _instructions = instructions;
        _held = HeldBytes.Of(instructions.Length, captures.Length);
        _work = scope.Work;
        _depth = scope.MapDepth + 1;
        _result = new PromiseHook(scope.Session);
    }

    /// <summary>Starts a map operation. Takes ownership of the input and the captured hooks. The caller owns the returned hook.</summary>
    public static Hook Start(IIdResolver scope, Hook input, Hook[] captures, byte[] instructions)
    {
        SessionCore session = scope.Session;
        var run = new MapRun(scope, input, captures, instructions);
        if (!session.Held.TryAdd(run._held))
        {
            run.Dispose();
            return PromiseHook.Rejected(session, CallErrors.TooMuchHeld(session.Limits.MaxHeldBytes));
        }

        PromiseHook result = run._result;
        input.Observe(run);
        return result;
    }

    public void OnSettled(in Outcome outcome)
    {
        try
        {
            Resolve(outcome);
        }
        catch (Exception error)
        {
            _result.Settle(Outcome.Failed(error));
        }
        finally
        {
            _session.Held.Remove(_held);
            Dispose();
        }
    }

    private void Dispose()
    {
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
        _work.SpendStep(value.Text.Length);
        List<Expression<Hook>?> mapped = [];
        try
        {
            foreach (TextRange element in elements)
            {
                mapped.Add(Apply(value.Part(element.Start, element.Length).Detach().Share()));
            }
        }
        catch
        {
            mapped.ForEach(static done => done?.Discard());
            throw;
        }

        _result.Settle(Outcome.Of(Join(mapped)));
    }

    /// <summary>Runs the instructions on one value and takes ownership of the value.</summary>
    private Expression<Hook> Apply(Expression<Hook> input)
    {
        using var scope = new MapScope(_session, input, _captures, _work, _depth);
        var reader = new Utf8JsonReader(_instructions, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        Expression<Hook>? last = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            _work.SpendStep(reader.BytesConsumed - start);
            last = scope.Run(_instructions.AsSpan(start, (int)reader.BytesConsumed - start));
        }

        return last?.Share() ?? throw new RpcException("The map has no instruction.");
    }

    private static bool IsNothing(ReadOnlySpan<byte> value) => value.SequenceEqual("null"u8) || value.SequenceEqual("[\"undefined\"]"u8);

    private static List<TextRange>? Elements(Expression<Hook> value)
    {
        var reader = new Utf8JsonReader(value.Text.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        if (!reader.Read()
            || reader.TokenType != JsonTokenType.StartArray
            || !reader.Read()
            || reader.TokenType != JsonTokenType.StartArray)
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
