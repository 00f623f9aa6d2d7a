using BenchmarkDotNet.Attributes;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// Measures one delegated call, from the payload object in the caller to the result object in the caller.
/// Only one call is in flight, so throughput is not measured.
/// </summary>
public class DelegationBenchmarks
{
    private CaseSetup _case = null!;

    /// <summary>The method's id.</summary>
    [ParamsSource(nameof(Bindings))]
    public string Binding { get; set; } = "";

    /// <summary>The function's id.</summary>
    [ParamsSource(nameof(Functions))]
    public string Function { get; set; } = "";

    /// <summary>The payload's label.</summary>
    [ParamsSource(nameof(Payloads))]
    public string Payload { get; set; } = "";

    /// <summary>The methods of the launch's cases.</summary>
    public static IEnumerable<string> Bindings => CurrentLaunch.Value.Cases.Select(id => id.Method).Distinct();

    /// <summary>The functions of the launch's cases.</summary>
    public static IEnumerable<string> Functions => CurrentLaunch.Value.Cases.Select(id => id.Function).Distinct();

    /// <summary>The payloads of the launch's cases.</summary>
    public static IEnumerable<string> Payloads => CurrentLaunch.Value.Cases.Select(id => id.Payload).Distinct();

    /// <summary>Connects the case and checks one answer. A wrong answer fails the case before it is measured.</summary>
    [GlobalSetup]
    public async Task Setup() => _case = await CurrentLaunch.Value.StartCaseAsync(new CaseId(Binding, Function, Payload));

    /// <summary>The measured call.</summary>
    [Benchmark]
    public ValueTask<ExecuteResponse> Call() => _case.Stub.ExecuteAsync(_case.Request, _case.Cancellation);
}
