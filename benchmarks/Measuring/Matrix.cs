using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>All cases that can be measured (method × function × payload), in the order of all reports.</summary>
public sealed class Matrix
{
    /// <summary>The id of the function "echo", the only function that remedies are measured with.</summary>
    public static readonly string Echo = new EchoFunction().Id;

    private readonly PayloadFileReport? _file;
    private readonly Dictionary<CaseId, int> _order;

    /// <summary>Combines each method with the functions and payloads that it supports.</summary>
    /// <param name="catalog">The methods.</param>
    /// <param name="file">
    /// A user's payload file or folder, in addition to the standard payload sizes. If it is null, there are only the standard sizes.
    /// </param>
    /// <param name="functions">A user's functions, in addition to the built-in ones. If it is null, there are none.</param>
    public Matrix(BindingCatalog catalog, PayloadFileReport? file = null, IReadOnlyList<Function>? functions = null)
    {
        (Catalog, _file) = (catalog, file);
        Functions = [.. FunctionList.All.Concat(functions ?? []).Select(function => function.Id)];
        Payloads = [.. PayloadSize.Standard.Select(size => size.Label), .. file?.Labels ?? []];
        Cases =
        [
            .. from binding in catalog.All
               from function in FunctionsOf(binding)
               from payload in Payloads
               where Carries(binding, payload)
               select new CaseId(binding.Id, function, payload),
        ];
        _order = Cases.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
    }

    /// <summary>The methods.</summary>
    public BindingCatalog Catalog { get; }

    /// <summary>The ids of the functions, in report order.</summary>
    public IReadOnlyList<string> Functions { get; }

    /// <summary>The labels of the payloads, in report order.</summary>
    public IReadOnlyList<string> Payloads { get; }

    /// <summary>Whether the payloads include a user's file.</summary>
    public bool HasFile => _file is not null;

    /// <summary>Every case, in report order.</summary>
    public IReadOnlyList<CaseId> Cases { get; }

    /// <summary>Returns the standard payload size with the given label.</summary>
    /// <exception cref="UnusableInputException">No size has that label.</exception>
    public static PayloadSize Size(string label)
    {
        PayloadSize size = PayloadSize.Standard.FirstOrDefault(size => size.Label == label);
        return size != default
            ? size
            : throw UnusableInputException.Unknown("payload", label, PayloadSize.Standard.Select(known => known.Label));
    }

    /// <summary>Returns the size of the payload with the given label, in bytes of JSON.</summary>
    /// <exception cref="UnusableInputException">No payload has that label.</exception>
    public int PayloadBytes(string label) => _file?.PayloadBytesOf(label) ?? Size(label).Bytes;

    /// <summary>Sorts cases in report order.</summary>
    /// <exception cref="UnusableInputException">
    /// A case is not in the matrix. The message names the part of the case that is unknown.
    /// </exception>
    public IReadOnlyList<CaseId> InOrder(IEnumerable<CaseId> cases) => [.. cases.Select(Require).OrderBy(id => _order[id])];

    /// <summary>The names by which a filter can select a case: its method, the method's tags, its function and its payload.</summary>
    public IReadOnlyList<string> Categories(CaseId id) => [id.Method, .. Catalog.Find(id.Method).Tags, id.Function, id.Payload];

    // A reference has only CaseId.NoFunction, a remedy only Echo, and every other method has all functions.
    private IReadOnlyList<string> FunctionsOf(IBinding binding) =>
        binding.Tags.Contains(BindingTags.Reference) ? [CaseId.NoFunction]
        : binding.Tags.Contains(BindingTags.Remedy) ? [Echo]
        : Functions;

    private bool Carries(IBinding binding, string payload) =>
        (_file?.LargestPayloadBytesOf(payload) ?? Size(payload).Bytes) <= (binding.MaxPayloadBytes ?? int.MaxValue);

    private CaseId Require(CaseId id)
    {
        if (!_order.ContainsKey(id))
        {
            IBinding binding = Catalog.Find(id.Method);
            IReadOnlyList<string> functions = FunctionsOf(binding);
            if (!Carries(binding, id.Payload))
            {
                throw UnusableInputException.Unknown(
                    $"payload of {id.Method}", id.Payload, Payloads.Where(payload => Carries(binding, payload)));
            }

            throw UnusableInputException.Unknown($"function of {id.Method}", id.Function, functions);
        }

        return id;
    }
}
