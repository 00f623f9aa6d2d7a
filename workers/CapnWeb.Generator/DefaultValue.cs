using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace WorkerRpc.CapnWeb.Generator;

/// <summary>Writes a parameter's default value as C# text.</summary>
internal static class DefaultValue
{
    public static string? Of(IParameterSymbol parameter)
    {
        if (!parameter.HasExplicitDefaultValue)
        {
            return null;
        }

        return parameter.ExplicitDefaultValue switch
        {
            null => IsNeverNull(parameter) ? "default!" : "default",
            double value => Real(value),
            float value => "(float)" + Real(value),
            decimal value => value.ToString(CultureInfo.InvariantCulture) + "m",
            object value when IsPlain(parameter.Type) => Literal(value),
            object value => $"({Names.OfRuntime(parameter.Type)})({Literal(value)})",
        };
    }

    private static bool IsNeverNull(IParameterSymbol parameter) =>
        parameter.Type.IsReferenceType && parameter.NullableAnnotation == NullableAnnotation.NotAnnotated;

    private static string Literal(object value) =>
        SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false);

    private static bool IsPlain(ITypeSymbol type) => type.SpecialType
        is SpecialType.System_Boolean or SpecialType.System_Int32 or SpecialType.System_String or SpecialType.System_Char;

    private static string Real(double value) => value switch
    {
        double.PositiveInfinity => "double.PositiveInfinity",
        double.NegativeInfinity => "double.NegativeInfinity",
        _ when double.IsNaN(value) => "double.NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture) + "d",
    };
}
