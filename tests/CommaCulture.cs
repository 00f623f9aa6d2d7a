using System.Globalization;

namespace WorkerRpc.Tests;

/// <summary>A current culture that writes numbers as de-DE does, and worse, until it is disposed. The project has no real ones.</summary>
internal sealed class CommaCulture : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public CommaCulture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.NegativeSign = "~";
        culture.DateTimeFormat.DateSeparator = "!";
        culture.DateTimeFormat.TimeSeparator = "!";
        CultureInfo.CurrentCulture = culture;
        // The culture has to make a difference, or a test with it could not fail.
        Assert.Equal("~1,5", string.Create(CultureInfo.CurrentCulture, $"{-1.5}"));
    }

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
