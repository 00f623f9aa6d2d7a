using WorkerRpc.Bindings;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Delegation;

/// <summary>All cases that can be measured: every method × function × payload, in the order of every report.</summary>
public sealed class Matrix
{
    /// <summary>The one function that remedies are measured with.</summary>
    public static readonly string Echo = new EchoFunction().Id;

    private readonly Dictionary<CaseId, int> _order;

    /// <summary>The matrix of a catalog's methods with all functions and the standard payload sizes, as far as a method has them.</summary>
    public Matrix(BindingCatalog catalog)
    {
        Catalog = catalog;
        Cases =
        [
            .. from binding in catalog.All
               from function in FunctionsOf(binding)
               from size in PayloadSize.Standard
               where Carries(binding, size)
               select new CaseId(binding.Id, function, size.Label),
        ];
        _order = Cases.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
    }

    /// <summary>The methods.</summary>
    public BindingCatalog Catalog { get; }

    /// <summary>Every case, in report order.</summary>
    public IReadOnlyList<CaseId> Cases { get; }

    /// <summary>The payload size with the given label.</summary>
    /// <exception cref="UnusableInputException">No size has that label.</exception>
    public static PayloadSize Size(string label)
    {
        PayloadSize size = PayloadSize.Standard.FirstOrDefault(size => size.Label == label);
        return size != default
            ? size
            : throw UnusableInputException.Unknown("payload", label, PayloadSize.Standard.Select(known => known.Label));
    }

    /// <summary>The functions that a method's cells are of; <see cref="CaseId.NoFunction"/> alone for a reference, <see cref="Echo"/> for a remedy.</summary>
    public static IReadOnlyList<string> FunctionsOf(IBinding binding) =>
        binding.Tags.Contains(BindingTags.Reference) ? [CaseId.NoFunction]
        : binding.Tags.Contains(BindingTags.Remedy) ? [Echo]
        : [.. FunctionList.All.Select(function => function.Id)];

    /// <summary>The given cases in report order.</summary>
    /// <exception cref="UnusableInputException">One is not in the matrix; the message says which part is unknown.</exception>
    public IReadOnlyList<CaseId> InOrder(IEnumerable<CaseId> cases) => [.. cases.Select(Require).OrderBy(id => _order[id])];

    /// <summary>What selects a case by category: its method, the method's tags, its function and its payload.</summary>
    public IReadOnlyList<string> Categories(CaseId id) => [id.Method, .. Catalog.Find(id.Method).Tags, id.Function, id.Payload];

    private static bool Carries(IBinding binding, PayloadSize size) => binding.MaxPayloadBytes is not { } max || size.Bytes <= max;

    private CaseId Require(CaseId id)
    {
        if (!_order.ContainsKey(id))
        {
            IBinding binding = Catalog.Find(id.Method);
            IReadOnlyList<string> functions = FunctionsOf(binding);
            if (!Carries(binding, Size(id.Payload)))
            {
                throw UnusableInputException.Unknown($"payload of {id.Method}", id.Payload, PayloadSize.Standard.Where(size => Carries(binding, size)).Select(size => size.Label));
            }

            throw UnusableInputException.Unknown($"function of {id.Method}", id.Function, functions);
        }

        return id;
    }
}
