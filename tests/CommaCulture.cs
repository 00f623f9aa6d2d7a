using System.Globalization;

namespace WorkerRpc.Tests;

/// <summary>Sets a current culture with unusual separators and signs, until it is disposed. No real cultures are installed.</summary>
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
        // Checks that the culture changes the output, so a test with it can fail.
        Assert.Equal("~1,5", string.Create(CultureInfo.CurrentCulture, $"{-1.5}"));
    }

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
