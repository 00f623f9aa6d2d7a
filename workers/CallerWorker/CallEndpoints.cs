using System.Diagnostics;
using System.Text.Json.Serialization;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Functions;

namespace WorkerRpc.CallerWorker;

/// <summary>
/// The caller worker's endpoints. <c>GET /execute</c> delegates one call, <c>GET /benchmark</c> delegates many calls, and
/// <c>GET /methods</c> lists the available methods.
/// </summary>
internal sealed class CallEndpoints
{
    private const string TimeoutSetting = "CALL_TIMEOUT_SECONDS";
    private const double DefaultTimeoutSeconds = 30;
    private static readonly Bounds<double> s_timeoutBounds = new(0.001, 3600, "seconds");

    private readonly RuntimeStubs _stubs;
    private readonly TimeSpan _timeout;

    /// <exception cref="UnusableInputException">The configured timeout is invalid.</exception>
    public CallEndpoints(RuntimeStubs stubs, IConfiguration configuration)
    {
        _stubs = stubs;
        _timeout = TimeSpan.FromSeconds(
            configuration[TimeoutSetting] is { } value ? s_timeoutBounds.Parse(value, TimeoutSetting) : DefaultTimeoutSeconds);
    }

    public Task MethodsAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new MethodsAnswer(_stubs.Methods), AnswerJson.Default.MethodsAnswer, cancellationToken: context.RequestAborted);

    public Task ExecuteAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        Call call = Call.Read(context.Request.Query, _stubs);
        long start = Stopwatch.GetTimestamp();
        double startTime = UnixMs();
        ExecuteResponse response = await DelegateAsync(call, context.RequestAborted);
        double latencyMs = MsSince(start);
        await call.RequireRightAsync(1, response, context.RequestAborted);
        var answer = new ExecuteAnswer(
            call.Method,
            startTime,
            UnixMs(),
            latencyMs,
            response.ExecutionTimeMs,
            call.Size.Bytes,
            call.Request.FunctionId,
            call.AnsweredKind);
        await context.Response.WriteAsJsonAsync(answer, AnswerJson.Default.ExecuteAnswer, cancellationToken: context.RequestAborted);
    });

    public Task BenchmarkAsync(HttpContext context) => AnswerAsync(context, async () =>
    {
        Call call = Call.Read(context.Request.Query, _stubs);
        int iterations = CallerApp.IterationBounds.Parse(Value(context.Request.Query, "iterations", "100"), "iterations");
        double[] latenciesMs = new double[iterations];
        for (int i = 0; i < iterations; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ExecuteResponse response = await DelegateAsync(call, context.RequestAborted);
            latenciesMs[i] = MsSince(start);
            await call.RequireRightAsync(i + 1, response, context.RequestAborted);
        }

        await context.Response.WriteAsJsonAsync(
            BenchmarkAnswer.Of(call, latenciesMs), AnswerJson.Default.BenchmarkAnswer, cancellationToken: context.RequestAborted);
    });

    private static async Task AnswerAsync(HttpContext context, Func<Task> answer)
    {
        try
        {
            await answer();
        }
        catch (WrongAnswerException e)
        {
            await Problems.WriteAsync(context, StatusCodes.Status502BadGateway, e.Message);
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            await Problems.WriteAsync(context, e);
        }
    }

    private async ValueTask<ExecuteResponse> DelegateAsync(Call call, CancellationToken aborted)
    {
        try
        {
            return await call.Stub.ExecuteAsync(call.Request, _timeout, aborted);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException(FormattableString.Invariant(
                $"{call.Method} got no answer from the runtime within {_timeout.TotalSeconds} s ({TimeoutSetting})."), e);
        }
    }

    private static string Value(IQueryCollection query, string name, string defaultValue) =>
        query[name] is [{ Length: > 0 } value, ..] ? value : defaultValue;

    // The duration is computed without TimeSpan. Its resolution is 100 ns, which is about the duration of a call by the method
    // "direct".
    private static double MsSince(long start) => (Stopwatch.GetTimestamp() - start) * 1e3 / Stopwatch.Frequency;

    private static double UnixMs() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    /// <summary>
    /// The call that a query describes. The defaults are from the project's brief: 100 bytes of one repeated letter, 100 iterations,
    /// function echo.
    /// </summary>
    internal sealed record Call(string Method, IRuntimeStub Stub, PayloadSize Size, PayloadKind Kind, ExecuteRequest Request)
    {
        private ExecuteResponse? _expected;

        /// <summary>
        /// The kind as answers name it. Answers about letters do not name it, because the project's brief defines their exact form.
        /// </summary>
        public PayloadKind? AnsweredKind => Kind == PayloadKind.Letters ? null : Kind;

        public static Call Read(IQueryCollection query, RuntimeStubs stubs)
        {
            string method = Value(query, "method", stubs.DefaultMethod);
            // References are refused here, because only launches measure them.
            if (!stubs.Methods.Contains(method))
            {
                throw UnusableInputException.Unknown("method", method, stubs.Methods);
            }

            var size = new PayloadSize(PayloadSize.Bounds.Parse(Value(query, "payloadSize", "100"), "payloadSize"));
            PayloadKind kind = PayloadKinds.Find(Value(query, "payloadKind", PayloadKind.Letters.Name()));
            Function function = FunctionList.Find(Value(query, "function", "echo"));
            long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            return new Call(method, stubs.Get(method), size, kind, new ExecuteRequest(function.Id, size.CreatePayload(now, kind), now));
        }

        /// <summary>Compares the result with what the function returns here. The caller does not time this.</summary>
        /// <exception cref="WrongAnswerException">The result is another one.</exception>
        public async ValueTask RequireRightAsync(int number, ExecuteResponse response, CancellationToken aborted)
        {
            _expected ??= await FunctionList.Find(Request.FunctionId).ExecuteAsync(Request.Payload, aborted);
            if (!_expected.HasSameResult(response))
            {
                throw new WrongAnswerException(Method, number, AnswerDifference.Of(_expected, response));
            }
        }
    }

    internal sealed record MethodsAnswer(IReadOnlyList<string> Methods);

    internal sealed record ExecuteAnswer(
        string Method,
        double CallerStartTime,
        double CallerEndTime,
        double TotalLatencyMs,
        double RuntimeExecutionMs,
        int PayloadSize,
        string FunctionId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PayloadKind? PayloadKind);

    internal sealed record BenchmarkAnswer(
        string Method, string FunctionId, int PayloadSize, int Iterations,
        double Min, double Max, double Mean, double P50, double P95, double P99, IReadOnlyList<double> RawResults,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] PayloadKind? PayloadKind)
    {
        private const int Decimals = 6;

        public static BenchmarkAnswer Of(Call call, double[] latenciesMs)
        {
            double[] sorted = [.. latenciesMs.Order()];
            return new BenchmarkAnswer(
                call.Method, call.Request.FunctionId, call.Size.Bytes, latenciesMs.Length,
                Round(sorted[0]), Round(sorted[^1]), Round(sorted.Average()),
                Round(NearestRank(sorted, 0.50)), Round(NearestRank(sorted, 0.95)), Round(NearestRank(sorted, 0.99)),
                [.. latenciesMs.Select(Round)], call.AnsweredKind);
        }

        private static double NearestRank(double[] sorted, double quantile) => sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];

        private static double Round(double ms) => Math.Round(ms, Decimals);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CallEndpoints.MethodsAnswer))]
[JsonSerializable(typeof(CallEndpoints.ExecuteAnswer))]
[JsonSerializable(typeof(CallEndpoints.BenchmarkAnswer))]
internal sealed partial class AnswerJson : JsonSerializerContext;
