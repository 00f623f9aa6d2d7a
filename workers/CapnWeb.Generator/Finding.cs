using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>
/// A compiler diagnostic as plain values, which Roslyn's cache can keep. A <c>Location</c> would keep a whole syntax tree in memory.
/// </summary>
internal sealed record Finding(
    DiagnosticDescriptor Rule, string Path, TextSpan Span, LinePositionSpan Lines, EquatableArray<string> Arguments)
{
    public static Finding Of(DiagnosticDescriptor rule, ISymbol at, params string[] arguments)
    {
        Location location = at.Locations.FirstOrDefault(each => each.IsInSource) ?? Location.None;
        FileLinePositionSpan lines = location.GetLineSpan();
        return new Finding(rule, lines.Path ?? "", location.SourceSpan, lines.Span, arguments.ToEquatable());
    }

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Rule, Path.Length == 0 ? Location.None : Location.Create(Path, Span, Lines), [.. Arguments]);
}
