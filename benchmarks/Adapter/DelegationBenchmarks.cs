using BenchmarkDotNet.Attributes;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// Measures the time of one delegated call, from the payload object in the caller to the result object in the caller. Only one call runs
/// at a time, so this is no measurement of throughput.
/// </summary>
public class DelegationBenchmarks
{
    private CaseSetup _case = null!;

    [ParamsSource(nameof(Bindings))]
    public string Binding { get; set; } = "";

    [ParamsSource(nameof(Functions))]
    public string Function { get; set; } = "";

    [ParamsSource(nameof(Payloads))]
    public string Payload { get; set; } = "";

    /// <summary>The ids of the methods in the launch's cases.</summary>
    public static IEnumerable<string> Bindings => CurrentLaunch.Value.Cases.Select(id => id.Method).Distinct();

    /// <summary>The ids of the functions in the launch's cases.</summary>
    public static IEnumerable<string> Functions => CurrentLaunch.Value.Cases.Select(id => id.Function).Distinct();

    /// <summary>The labels of the payload sizes in the launch's cases.</summary>
    public static IEnumerable<string> Payloads => CurrentLaunch.Value.Cases.Select(id => id.Payload).Distinct();

    [GlobalSetup]
    public async Task Setup() => _case = await CurrentLaunch.Value.StartCaseAsync(new CaseId(Binding, Function, Payload));

    [Benchmark]
    public ValueTask<ExecuteResponse> Call() => _case.Stub.ExecuteAsync(_case.Request, _case.Cancellation);
}
