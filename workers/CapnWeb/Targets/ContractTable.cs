using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WorkerRpc.CapnWeb.Targets;

/// <summary>The process's contracts by type.</summary>
internal static class ContractTable
{
    private static readonly ConcurrentDictionary<Type, RpcContract> Contracts = new();

    public static void Add(RpcContract contract) => Contracts.TryAdd(contract.Type, contract);

    public static bool TryFind(Type type, [NotNullWhen(true)] out RpcContract? contract)
    {
        if (Contracts.TryGetValue(type, out contract))
        {
            return true;
        }
        // An assembly registers its contracts when its first code runs; naming one of its types runs none.
        RuntimeHelpers.RunModuleConstructor(type.Module.ModuleHandle);
        return Contracts.TryGetValue(type, out contract);
    }
}
