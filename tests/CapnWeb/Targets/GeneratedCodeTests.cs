using Microsoft.CodeAnalysis;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>The generated code: its exact text, its warnings, and the edits that regenerate it.</summary>
public class GeneratedCodeTests
{
    private const string Counter = """
        namespace Shop
        {
            /// <summary>A counter.</summary>
            public interface ICounter : IAsyncDisposable
            {
                /// <summary>Adds to the count.</summary>
                [RpcMember] Task<int> AddAsync(int by = 1, CancellationToken cancellationToken = default);

                /// <summary>Sets the count to 0.</summary>
                [RpcMember("clear")] ValueTask ResetAsync();

                /// <summary>The current count.</summary>
                [RpcMember] ValueTask<int> Count { get; }

                /// <summary>Creates a copy of the counter.</summary>
                [RpcMember] Task<ICounter> ForkAsync(string? name);

                /// <summary>Calls back on every change.</summary>
                [RpcMember] Task WatchAsync(Func<int, Task<bool>> onChange, IReadOnlyList<string> names);

                /// <summary>Prints locally: peers cannot call this.</summary>
                void Print();
            }
        }
        """;

    [Theory]
    [InlineData("Shop.ICounter.Rpc.g.cs", "ICounter.txt")]
    [InlineData("CrossingTypes.Rpc.g.cs", "CrossingTypes.txt")]
    public void Generated_code_equals_the_golden_file(string file, string golden) =>
        Golden.RequireSame($"CapnWeb/Targets/Golden/{golden}", Compiled.Of(Counter).Files[file]);

    [Theory]
    [InlineData(Counter)]
    [InlineData("""
        public interface IPlain {
        [RpcMember] Task GoAsync();
        [RpcMember] ValueTask<string?> Name { get; }
        [RpcMember] Task Done { get; }
        [RpcMember] ValueTask Seen { get; } }
        """)]
    [InlineData("interface IHidden { [RpcMember] Task GoAsync(int @event, string @class = \"a\\\"\\n\"); }")]
    [InlineData("""
        enum Colour { Red, Blue }
        interface IDefaults {
        [RpcMember] Task GoAsync(long a = 5, double b = double.NaN, float c = 1.5f, decimal d = 2.5m, char e = '\'',
            bool f = true, Colour g = Colour.Blue, int? h = null);
        [RpcMember] Task ThenAsync(int? a = 3, string? b = null, DateTime c = default, Guid d = default,
            byte e = 255, double f = -1e300, object? g = null); }
        """)]
    [InlineData("""
        interface ITree {
        [RpcMember] ITree Left { get; }
        [RpcMember] ITree Child(int index);
        [RpcMember] Task<ITree?> RightAsync(ITree? near = null);
        [RpcMember] Task<int> SumAsync(RpcStub any, object? value); }
        """)]
    [InlineData("""
        interface IBase {
        [RpcMember] Task OneAsync(); int Two { get; set; } event Action Three; string this[int index] { get; }
        T Four<T>(T value, ref int by) where T : class; }
        interface IDerived : IBase {
        [RpcMember] Task FiveAsync(); }
        """)]
    [InlineData("""
        interface ITaken {
        [RpcMember] Task CallAsync();
        [RpcMember] Task<int> PropertyAsync(string name);
        [RpcMember] Task InvokeAsync();
        [RpcMember] Task<int> Open();
        [RpcMember("openLater")] Task<int> OpenAsync();
        [RpcMember] Task<string> Duplicate { get; } }
        """)]
    [InlineData("""
        class Outer { public interface IInner {
        [RpcMember] Task GoAsync(); } internal class Inner {
        [RpcMember] public int Go(CancellationToken token, params int[] numbers) => numbers.Length; } }
        """)]
    [InlineData("""
        interface ICallbacks {
        [RpcMember] Task OnAsync(Action<int> a, Action b, Func<Task> c, Func<string, CancellationToken, ValueTask<int[]>> d,
            Func<int, int> e, Func<ICallbacks, ICallbacks> f, Func<ValueTask> g, Func<Func<int, Task>, Task<Func<Task>>> h); }
        """)]
    [InlineData("""
        record Line(string Name, int? Count, List<Line>? Parts, Dictionary<string, HashSet<long>> Tags, DayOfWeek Day, Func<Task> OnDone);
        class Lines {
        [RpcMember] public Line[] All(IEnumerable<Line> of, System.Collections.Immutable.ImmutableArray<double> numbers) => [.. of];
        [RpcMember] public async Task<(int A, string B)> PairAsync() { await Task.Yield(); return (1, ""); } }
        """)]
    [InlineData("""
        class Base {
        [RpcMember] public virtual int One() => 1; }
        class Derived : Base {
        [RpcMember] public override int One() => 2;
        [RpcMember] public void Two() { }
        [RpcMember] public async void Three() => await Task.Yield(); }
        """)]
    public void Generated_code_compiles_without_warnings(string source)
    {
        Compiled compiled = Compiled.Of(source);

        Assert.Empty(compiled.Findings);
        Assert.Empty(compiled.Diagnostics.Where(each => !IsOfTheSource(each)).Select(each => each.ToString()));
        Assert.DoesNotContain(compiled.Diagnostics, each => each.Severity == DiagnosticSeverity.Error);
        Assert.NotEmpty(compiled.Files);
    }

    [Fact]
    public void Unrelated_edit_regenerates_nothing()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Compilation first = Compiled.Compilation(Counter);
        GeneratorDriver driver = Compiled.Driver().RunGenerators(first, cancellation);

        driver = driver.RunGenerators(first.AddSyntaxTrees(Compiled.Parse("class Elsewhere { }")), cancellation);

        IEnumerable<IncrementalStepRunReason> reasons = driver.GetRunResult().Results[0].TrackedOutputSteps
            .SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason);
        Assert.NotEmpty(reasons);
        Assert.All(reasons, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    [Theory]
    [InlineData("OpenAsync", "open")]
    [InlineData("Async", "async")]
    [InlineData("GetURLAsync", "getURL")]
    [InlineData("IPAddress", "ipAddress")]
    [InlineData("ID", "id")]
    [InlineData("open", "open")]
    [InlineData("Ärger", "ärger")]
    public void Wire_name_is_camelCase_without_Async(string name, string wireName)
    {
        Compiled compiled = Compiled.Of($"interface IDoor {{ [RpcMember] Task {name}(); }}");

        Assert.Contains($".Method(\"{wireName}\",", compiled.Files["IDoor.Rpc.g.cs"], StringComparison.Ordinal);
    }

    // The short sources above lack documentation and null checks. Only warnings in generated code count.
    private static bool IsOfTheSource(Diagnostic diagnostic) => diagnostic.Location.SourceTree?.FilePath == Compiled.SourceFile;
}
