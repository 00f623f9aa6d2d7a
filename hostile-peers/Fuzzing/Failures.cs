using System.Security.Cryptography;
using System.Text;
using WorkerRpc.Hostile.Targets;

namespace WorkerRpc.Hostile.Fuzzing;

/// <summary>The folder of inputs that have failed. It keeps one input for each kind of failure.</summary>
/// <param name="target">The name of the fuzz target.</param>
/// <param name="folder">The folder of the target.</param>
internal sealed class Failures(string target, string folder)
{
    private readonly string _failures = Path.Combine(folder, "failures");

    // The inputs whose failure is already kept, one hash a line. AFL++ keeps those inputs too.
    private string KnownFile => Path.Combine(folder, "known-inputs");

    /// <summary>Keeps an input that has failed.</summary>
    /// <param name="given">The input as the fuzzer gave it.</param>
    /// <param name="failure">The failure, which has the input that is kept.</param>
    public void Add(byte[] given, FuzzFailureException failure)
    {
        Directory.CreateDirectory(_failures);
        string path = Path.Combine(_failures, Kind(failure.Message));
        if (File.Exists(path))
        {
            // This run has seen the failure too.
            File.SetLastWriteTimeUtc(path, DateTimeOffset.UtcNow.UtcDateTime);
        }
        else
        {
            Write(path, failure.Input, failure.Message + Environment.NewLine + failure.InnerException);
        }

        File.AppendAllText(KnownFile, Hash(given) + '\n');
    }

    /// <summary>Keeps an input that has killed the process, or took too long, unless its failure is already kept.</summary>
    public void AddFile(string path, string message)
    {
        byte[] input = File.ReadAllBytes(path);
        string hash = Hash(input);
        if (!File.Exists(KnownFile) || !File.ReadLines(KnownFile).Contains(hash))
        {
            Directory.CreateDirectory(_failures);
            Write(Path.Combine(_failures, hash[..12]), input, message);
        }
    }

    /// <summary>The kept inputs that are newer than a time.</summary>
    public IReadOnlyList<string> Since(DateTimeOffset time) => !Directory.Exists(_failures) ? [] :
    [
        .. Directory.EnumerateFiles(_failures).Where(path => Path.GetExtension(path).Length == 0)
            .Where(path => File.GetLastWriteTimeUtc(path) >= time.UtcDateTime).Order(StringComparer.Ordinal),
    ];

    /// <summary>The first line about a kept input.</summary>
    public static string MessageOf(string path) => File.ReadLines(path + ".txt").First();

    /// <summary>The command that runs a kept input again.</summary>
    public string ReplayCommand(string path) => $"{Program.Typed} replay {target} {path}";

    private void Write(string path, byte[] input, string message)
    {
        File.WriteAllText(path + ".txt", $"{message}{Environment.NewLine}Replay: {ReplayCommand(path)}{Environment.NewLine}");
        File.WriteAllBytes(path, input);
    }

    // The first lines of failures of one kind differ only in their numbers.
    private static string Kind(string message) =>
        Hash(Encoding.UTF8.GetBytes(string.Concat(message.Split('\n')[0].Where(c => !char.IsDigit(c)).Take(200))))[..12];

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
