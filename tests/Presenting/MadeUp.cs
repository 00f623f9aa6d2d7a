using System.Buffers.Binary;
using HdrHistogram;
using HdrHistogram.Encoding;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;
using ByteBuffer = HdrHistogram.Utilities.ByteBuffer;

namespace WorkerRpc.Tests.Presenting;

/// <summary>Made-up reports, the same on every machine. Their clock ticks once a nanosecond.</summary>
internal static class MadeUp
{
    public const long Frequency = 1_000_000_000;

    /// <summary>The command that a screen advises.</summary>
    public const string Next = "dotnet run -c Release --project benchmarks -- report --open";

    /// <summary>The fewest calls with which p50, p95 and p99 are known.</summary>
    public const int Calls = 1_000;

    /// <summary>The time in every call that the function itself takes, in ns.</summary>
    public const long ExecutionNs = 300;

    public static readonly EnvironmentReport Environment = new()
    {
        Cpu = "Made-up CPU 3000",
        Cores = 2,
        Os = "Made-up OS 1.0",
        Architecture = "X64",
        Runtime = ".NET 10.0.0",
        GarbageCollector = "workstation, concurrent",
        Tiering = "default",
        BenchmarkDotNet = "0.15.8",
        Tool = "0.1.0",
    };

    public static readonly RunSettings Settings = new()
    {
        Profile = "standard",
        Launches = 6,
        Calls = 10_000,
        PassLimitSeconds = 3,
        Callers = [],
        Seed = 42,
        Thresholds = [],
        BenchmarkDotNetArguments = ["--job", "short"],
        CallerUrl = null,
        PayloadFile = null,
        PayloadKind = PayloadKind.Text,
        StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Commit = "0123456789abcdef0123456789abcdef01234567",
        Dirty = false,
    };

    public static readonly PayloadFileReport File =
        new() { Name = "orders.json", Bytes = 5_120, Sha256 = new string('a', 64), PayloadBytes = 6_400 };

    public static NoiseReport Quiet { get; } = new()
    {
        LoadBefore = 0.75,
        OthersBeforeCores = 0.04,
        OthersCores = 0.02,
        StealCores = 0.01,
        ThrottledMs = 0,
        Governor = "performance",
        LongestStallMs = 6.5,
        Stalls = 0,
        ParentCores = 0.004,
    };

    public static MethodReport Direct { get; } = new()
    {
        Id = "direct",
        Tags = [BindingTags.Core],
        Settings = "inline",
        Expected = new ExpectedLatency(new(null, 0.1), new(null, 0.5)),
        Floor = null,
        Serializer = null,
    };

    public static MethodReport ServiceBinding { get; } = new()
    {
        Id = "service-binding",
        Tags = [BindingTags.Core, BindingTags.Verdict],
        Settings = "in memory",
        Expected = new ExpectedLatency(new(null, 0.5), new(null, 2)),
        Floor = null,
        Serializer = null,
    };

    public static MethodReport RawFetch { get; } = new()
    {
        Id = "raw-fetch",
        Tags = [BindingTags.Core],
        Settings = "one socket, a|b, <script>alert(1)</script>",
        Expected = new ExpectedLatency(new(1, 5), new(10, 20)),
        Floor = null,
        Serializer = null,
    };

    /// <summary>Two methods with p50s of 9 µs + 0.6 µs a KB and of 14 µs + 0.1 µs a KB. The lines cross at 10 KB.</summary>
    public static RunReport Lines { get; } = Report(
        6, [.. LineCases("service-binding", (_, kb) => 9_000 + (600 * kb)), .. LineCases("raw-fetch", (_, kb) => 14_000 + (100 * kb))]);

    /// <summary>A report with the given cases. Every launch finished, and every method became steady in its warm-up.</summary>
    public static RunReport Report(int launches, params CaseReport[] cases) => new()
    {
        SchemaVersion = RunReport.CurrentSchemaVersion,
        ProgramVersion = "0.1.0",
        Run = Settings with { Launches = launches },
        Interrupted = false,
        Environment = Environment,
        Methods = [.. new[] { Direct, ServiceBinding, RawFetch }.Where(method => cases.Any(one => one.Method == method.Id))],
        Launches = [.. Enumerable.Range(1, launches).Select(number => Launch(number, [.. cases.Select(one => one.Method).Distinct()]))],
        Cases = cases,
    };

    public static LaunchReport Launch(int number, IReadOnlyList<string> methods) => new()
    {
        Number = number,
        Outcome = LaunchOutcome.Finished,
        Error = null,
        Seconds = 60 + number,
        Clock = new ClockFloor(Frequency, StepNs: 10, ReadNs: 25, RecorderNs: 80),
        ResumedAt = null,
        WarmUps = [.. methods.Select(method => new WarmUpReport(
            method, Steady: true, "p50 fell by 0.0 %", [new WarmUpPoint(0.5, 82_000, 900), new WarmUpPoint(1.0, 16_000, 1)]))],
        Noise = Quiet,
    };

    /// <summary>A report of a run with a payload file. It has cases with the file and cases with 1 KB.</summary>
    public static RunReport WithFile(PayloadFileReport file)
    {
        RunReport report = Report(
            6,
            Flat("direct/echo/1KB", 1_000),
            Flat("direct/echo/file", 1_100),
            Flat("service-binding/echo/1KB", 16_000),
            Flat("service-binding/echo/file", 32_000));
        return report with { Run = report.Run with { PayloadFile = file } };
    }

    /// <summary>The same report as from a caller worker in another process, which reports only the times of the calls.</summary>
    public static RunReport OfCaller(RunReport report) => report with
    {
        Run = report.Run with { CallerUrl = "http://127.0.0.1:8787/", BenchmarkDotNetArguments = [] },
        Environment = null,
        Launches = [.. report.Launches.Select(launch => launch with
        {
            Clock = new ClockFloor(Frequency, StepNs: 10, ReadNs: null, RecorderNs: null),
            WarmUps =
            [
                .. launch.WarmUps.Select(warmUp =>
                    warmUp with { Curve = [.. warmUp.Curve.Select(point => point with { CompiledMethods = null })] }),
            ],
        })],
        Cases = [.. report.Cases.Select(one => one with
        {
            Passes =
            [
                .. one.Passes.Select(pass =>
                    pass with { DelegationHistogram = null, WallNs = null, Process = null, MovedBytes = null, Tail = null }),
            ],
        })],
    };

    /// <summary>The same pass as in a process that compiled some methods meanwhile.</summary>
    public static PassReport Compiling(this PassReport pass, int methods) =>
        pass with { Process = pass.Process! with { CompiledMethods = methods } };

    /// <summary>A case with one pass in each of the launches 1, 2, and so on.</summary>
    public static CaseReport Case(string id, IEnumerable<PassReport> passes)
    {
        string[] parts = id.Split('/');
        return new CaseReport
        {
            Method = parts[0],
            Function = parts[1],
            Payload = parts[2],
            PayloadBytes = parts[2] switch
            {
                "100B" => 100,
                "1KB" => 1_000,
                "10KB" => 10_000,
                PayloadFileReport.Label => File.PayloadBytes,
                _ => 100_000,
            },
            Passes = [.. passes.Select((pass, index) => pass with { Launch = index + 1 })],
            Failures = [],
        };
    }

    /// <summary>A case with one time for each launch, which all calls of the launch take.</summary>
    public static CaseReport Case(string id, params long[] nsByLaunch) => Case(id, nsByLaunch.Select(ns => Pass((ns, Calls))));

    /// <summary>A case whose calls all take the same time, in six launches.</summary>
    public static CaseReport Flat(string id, long ns) => Case(id, [.. Enumerable.Repeat(ns, 6)]);

    /// <summary>The cases of a method with four payload sizes, in six launches.</summary>
    /// <param name="method">The method's id.</param>
    /// <param name="ns">The time of a call in ns, by the launch (from 0) and the payload in KB.</param>
    public static IEnumerable<CaseReport> LineCases(string method, Func<int, double, double> ns) =>
        from size in new (string Label, double Kb)[] { ("100B", 0.1), ("1KB", 1), ("10KB", 10), ("100KB", 100) }
        select Case($"{method}/echo/{size.Label}", [.. Enumerable.Range(0, 6).Select(launch => (long)ns(launch, size.Kb))]);

    /// <summary>A pass with the given quantiles, and with the calls that they need.</summary>
    public static PassReport Pass(long p50Ns, long p95Ns, long p99Ns, long maxNs) =>
        Pass((p50Ns, Calls * 50 / 100), (p95Ns, Calls * 45 / 100), (p99Ns, Calls * 4 / 100), (maxNs, Calls / 100));

    /// <summary>A pass of groups of calls: the calls of a group took the same time.</summary>
    public static PassReport Pass(params (long Ns, int Count)[] calls)
    {
        int count = calls.Sum(group => group.Count);
        double totalNs = calls.Sum(group => (double)group.Ns * group.Count);
        return new PassReport
        {
            Launch = 1,
            Calls = count,
            HitTimeLimit = false,
            Histogram = Histogram(calls),
            DelegationHistogram = Histogram([.. calls.Select(group => (Math.Max(0, group.Ns - ExecutionNs), group.Count))]),
            AboveCeiling = 0,
            MeanNs = totalNs / count,
            MinNs = calls.Min(group => group.Ns),
            MaxNs = calls.Max(group => group.Ns),
            WallNs = totalNs + (80 * count),
            ParentNs = totalNs + 500_000,
            Process = new ProcessReport
            {
                AllocatedBytes = 1_234.5,
                CpuNs = totalNs / count * 1.25,
                Collections = [3, 2, 1],
                PausedNs = 1_500_000,
                CompiledMethods = 0,
            },
            MovedBytes = 2_100.5,
            FirstThirdP50Ns = calls[0].Ns,
            LastThirdP50Ns = calls[0].Ns,
            Stalls = new StallReport(0, 0, 0, 0),
            Tail = count < Calls ? null : new TailReport(count / 100, 0, 0, 0, 0),
            Callers = [],
        };
    }

    /// <summary>The figures of several callers at once, whose calls come in groups that took the same time.</summary>
    public static CallersReport Callers(int callers, double callsPerSecond, params (long Ns, int Count)[] calls)
    {
        int count = calls.Sum(group => group.Count);
        return new CallersReport
        {
            Callers = callers,
            Calls = count,
            WallNs = count * 1e9 / callsPerSecond,
            Histogram = Histogram(calls),
            MaxNs = calls.Max(group => group.Ns),
            CpuNs = 2e9 / callsPerSecond,
            AllocatedBytes = 2_345.5,
        };
    }

    /// <summary>The same run, but with several callers at once in every pass of every case.</summary>
    /// <param name="report">The run without callers.</param>
    /// <param name="callers">The callers' figures for a pass of a case.</param>
    public static RunReport WithCallers(this RunReport report, Func<CaseReport, PassReport, IReadOnlyList<CallersReport>> callers) =>
        report with
        {
            Run = report.Run with { Callers = [.. callers(report.Cases[0], report.Cases[0].Passes[0]).Select(one => one.Callers)] },
            Cases =
            [
                .. report.Cases.Select(one =>
                    one with { Passes = [.. one.Passes.Select(pass => pass with { Callers = callers(one, pass) })] }),
            ],
        };

    /// <summary>
    /// HdrHistogram's V2 compressed encoding, but with stored instead of deflated content. The output of a deflater differs between
    /// its versions, and golden files must not.
    /// </summary>
    private static string Histogram(params (long Ticks, int Count)[] calls)
    {
        LongHistogram histogram = Histograms.Create(Frequency);
        foreach ((long ticks, int count) in calls)
        {
            histogram.RecordValueWithCount(ticks, count);
        }

        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity());
        byte[] content = new byte[histogram.Encode(buffer, HistogramEncoderV2.Instance)];
        buffer.Position = 0;
        for (int i = 0; i < content.Length; i++)
        {
            content[i] = buffer.Get();
        }

        // RFC 1950 and 1951: header, one stored block with its length and the inverted length, content, Adler-32 checksum.
        byte[] zlib = [0x78, 0x01, 0x01, 0, 0, 0, 0, .. content, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(zlib.AsSpan(3), (ushort)content.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(zlib.AsSpan(5), (ushort)~content.Length);
        BinaryPrimitives.WriteUInt32BigEndian(zlib.AsSpan(zlib.Length - 4), Adler32(content));
        byte[] whole = [0x1c, 0x84, 0x93, 0x14, 0, 0, 0, 0, .. zlib];
        BinaryPrimitives.WriteInt32BigEndian(whole.AsSpan(4), zlib.Length);
        return Convert.ToBase64String(whole);
    }

    private static uint Adler32(byte[] content)
    {
        uint a = 1, b = 0;
        foreach (byte one in content)
        {
            a = (a + one) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) | a;
    }
}
