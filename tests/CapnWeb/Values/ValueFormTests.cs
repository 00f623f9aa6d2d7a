using System.Reflection;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.Tests.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Values;

/// <summary>A mistake in a value form fails the compilation or the start-up, not the receipt of a message.</summary>
public class ValueFormTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    [Fact]
    public void Form_without_all_members_does_not_compile()
    {
        const string Source = "internal sealed class Half() : WorkerRpc.CapnWeb.Values.Forms.ValueForm(\"half\");";
        string[] required = [.. typeof(ValueForm).GetMethods(Declared)
            .Where(method => method.IsAbstract)
            .Select(method => method.Name.Replace("get_", "", StringComparison.Ordinal))];

        Diagnostic[] errors = [.. Compiled.Compilation(Source).WithAssemblyName("WorkerRpc.Tests").GetDiagnostics(
            TestContext.Current.CancellationToken)
            .Where(found => found.Severity == DiagnosticSeverity.Error)];

        Assert.Equal(["Read", "Scan", "Types"], required.Order());
        Assert.All(errors, error => Assert.Equal("CS0534", error.Id));
        Assert.All(required, member => Assert.Contains(
            errors, error => error.GetMessage(null).Contains($".{member}", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_form_is_in_the_list()
    {
        IEnumerable<object?> forms = typeof(ValueForm).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(ValueForm)))
            .SelectMany(type => type.GetFields(Declared))
            .Where(field => field.IsStatic && field.FieldType.IsAssignableTo(typeof(ValueForm)))
            .Select(field => field.GetValue(null));

        Assert.Equal(forms.ToHashSet(), ValueForms.All.ToHashSet<object?>());
    }

    [Fact]
    public void Every_kind_of_mention_has_one_form() => Assert.Equal(
        Enum.GetValues<MentionKind>(), ValueForms.All.OfType<ReferenceForm>().Select(form => form.Kind).Order());

    [Fact]
    public void Second_form_with_a_type_code_is_refused_at_start() =>
        Assert.Contains("'date'", Refusal([DateForm.Instance, UrlForm.Instance, new Twin("date", [])]), StringComparison.Ordinal);

    [Fact]
    public void Second_form_for_a_type_is_refused_at_start() =>
        Assert.Contains("'System.Uri'", Refusal([UrlForm.Instance, new Twin("link", UrlForm.Instance.Types)]), StringComparison.Ordinal);

    [Fact]
    public void Every_form_is_found_by_its_type_code()
    {
        var table = new FormTable(ValueForms.All);

        Assert.All(ValueForms.All, form => Assert.Same(form, table.Find(form.Utf8Name)));
        Assert.Null(table.Find("dat"u8));
        Assert.Null(table.Find("a longer code than any other"u8));
    }

    private static string Refusal(IReadOnlyList<ValueForm> forms) =>
        Assert.Throws<InvalidOperationException>(() => new FormTable(forms)).Message;

    private sealed class Twin(string name, IReadOnlyList<WireType> types) : ValueForm(name)
    {
        public override IReadOnlyList<WireType> Types => types;

        public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions) =>
            throw new NotSupportedException();

        public override object Read(ref Utf8JsonReader reader, int start) => throw new NotSupportedException();
    }
}
