using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Tests.Analysis.Comparing;

/// <summary>Synthetic pairs: random figures with a known standard deviation, from a seed.</summary>
internal static class MadeUpPairs
{
    public static readonly string[] Cases =
    [
        "direct/echo/1KB",
        "direct/echo/10KB",
        "service-binding/echo/1KB",
        "service-binding/echo/10KB",
        "raw-fetch/echo/1KB",
        "raw-fetch/echo/10KB",
    ];

    /// <summary>The case that tests make slower.</summary>
    public const string Slowed = "service-binding/echo/1KB";

    /// <summary>Typical figures of a case, without noise.</summary>
    public static readonly CaseFigures Plain = new()
    {
        Calls = 10_000,
        P50Ns = 10_000,
        P95Ns = 20_000,
        P99Ns = 100_000,
        MeanNs = 15_000,
        AllocatedBytes = 14_000,
        SlowShare = 0.008,
    };

    /// <summary>The same figures with all times multiplied by a factor.</summary>
    public static CaseFigures Slower(this CaseFigures figures, double times) => figures.Times(times);

    /// <summary>Draws pairs whose figures vary from process to process.</summary>
    /// <param name="count">The number of pairs.</param>
    /// <param name="seed">The seed of the random figures.</param>
    /// <param name="noise">The standard deviation of a p50, as a share of the p50. Other figures vary 1 to 4 times as much.</param>
    /// <param name="current">Changes the figures of a case on the current side; null for no change.</param>
    /// <param name="cases">The short names of the cases; null for <see cref="Cases"/>.</param>
    public static Pairing[] Of(
        int count,
        int seed,
        double noise,
        Func<string, CaseFigures, CaseFigures>? current = null,
        IReadOnlyList<string>? cases = null)
    {
        var random = new Random(seed);
        IReadOnlyList<string> names = cases ?? Cases;
        return [.. Enumerable.Range(0, count).Select(_ => new Pairing(
            names.ToDictionary(name => name, _ => Noisy()),
            names.ToDictionary(name => name, name => current is null ? Noisy() : current(name, Noisy()))))];

        CaseFigures Noisy() => Plain with
        {
            P50Ns = Plain.P50Ns * Factor(noise),
            P95Ns = Plain.P95Ns * Factor(2 * noise),
            P99Ns = Plain.P99Ns * Factor(4 * noise),
            MeanNs = Plain.MeanNs * Factor(noise),
            SlowShare = Plain.SlowShare * Factor(2 * noise),
        };

        // A log-normal factor, by the Box–Muller transform.
        double Factor(double deviation) =>
            Math.Exp(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }

    /// <summary>Draws pairs like the gate's, with a control whose delayed case is 10 % slower.</summary>
    public static Pair[] OfGate(
        int count,
        int seed,
        double noise,
        Func<string, CaseFigures, CaseFigures>? head = null,
        Func<string, CaseFigures, CaseFigures>? control = null)
    {
        Pairing[] heads = Of(count, seed, noise, head);
        Pairing[] controls = Of(count, seed + 1, noise, control ?? ((name, figures) => name == Slowed ? figures.Slower(1.10) : figures));
        return [.. heads.Zip(controls, (pair, controlled) => new Pair
        {
            Number = 1,
            Injection = Injection.OfP50(Slowed, 0.10),
            OnOneProcessor = true,
            Base = pair.Base,
            Head = pair.Current,
            Control = controlled.Current,
        }).Select((pair, index) => pair with { Number = index + 1 })];
    }
}
