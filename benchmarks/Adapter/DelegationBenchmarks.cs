using BenchmarkDotNet.Attributes;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// One delegated call and its answer: begins with the caller holding a materialised payload and ends with it holding
/// a materialised result. Blind to throughput: one call in flight.
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

    /// <summary>The methods of the cases that this process is to measure.</summary>
    public static IEnumerable<string> Bindings => CurrentLaunch.Value.Cases.Select(id => id.Method).Distinct();

    /// <summary>The functions of the cases that this process is to measure.</summary>
    public static IEnumerable<string> Functions => CurrentLaunch.Value.Cases.Select(id => id.Function).Distinct();

    /// <summary>The payloads of the cases that this process is to measure.</summary>
    public static IEnumerable<string> Payloads => CurrentLaunch.Value.Cases.Select(id => id.Payload).Distinct();

    /// <summary>Connects, makes the request, and stops the case here if the answer is wrong.</summary>
    [GlobalSetup]
    public async Task Setup() => _case = await CurrentLaunch.Value.StartCaseAsync(new CaseId(Binding, Function, Payload));

    /// <summary>The call that is measured.</summary>
    [Benchmark]
    public ValueTask<ExecuteResponse> Call() => _case.Stub.ExecuteAsync(_case.Request, _case.Cancellation);
}
