using System.Text.Json;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The variables of a map operation for one element. Index 0 is the element, −1, −2 … are the captured objects, and 1, 2 … are the results
/// of the instructions so far.
/// </summary>
internal sealed class MapScope(SessionCore session, Expression<Hook> input, Hook[] captures, WorkBudget work, int depth)
    : IIdResolver, IDisposable
{
    private readonly List<Expression<Hook>> _results = [];
    private readonly Hook _input = PromiseHook.Resolved(session, input);

    public SessionCore Session { get; } = session;

    public WorkBudget Work { get; } = work;

    public int MapDepth { get; } = depth;

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

    /// <summary>Runs one instruction and returns its result. This scope owns the result.</summary>
    public Expression<Hook> Run(ReadOnlySpan<byte> instruction)
    {
        var mentions = default(MentionList);
        try
        {
            ExpressionScanner.ScanAll(instruction, Session.Limits, ref mentions);
            if (mentions.Fault is { } fault)
            {
                throw fault;
            }

            Work.Spend(mentions.ConversionUnits);
            Expression<Hook> result = new Evaluator(this, instruction, mentions).Capture(
                new TextRange(0, instruction.Length), 0, mentions.Count);
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

/// <summary>The objects that a map operation captures.</summary>
internal readonly ref struct MapCaptures
{
    public MapCaptures(IIdResolver scope, ReadOnlySpan<byte> captures)
    {
        var mentions = default(MentionList);
        List<Hook> hooks = [];
        int limit = scope.Session.Limits.MaxMapDepth;
        try
        {
            if (scope.MapDepth >= limit)
            {
                throw CallErrors.TooDeepMap(limit);
            }

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
