using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace WorkerRpc.Bindings.Node;

/// <summary>
/// A Node or npm process that exchanges lines over standard input and output. Disposing this object kills the process. If
/// this .NET process dies, the Node program reads the end of its standard input.
/// </summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly ErrorLines _errors = new();
    private int _disposed;

    private NodeProcess(Process process, string name)
    {
        (_process, _name) = (process, name);
        process.ErrorDataReceived += (_, line) => _errors.Add(line.Data);
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>The first and last lines that the process wrote to its standard error.</summary>
    public string Errors => _errors.ToString();

    /// <summary>Starts a Node program.</summary>
    /// <param name="program">The path of the program's file.</param>
    /// <param name="arguments">The program's arguments.</param>
    /// <exception cref="NodeException">Node is missing.</exception>
    public static NodeProcess StartProgram(string program, params IEnumerable<string> arguments) =>
        Start("node", [program, .. arguments], Path.GetDirectoryName(Path.GetFullPath(program))!);

    /// <summary>Starts Node or npm.</summary>
    /// <param name="command">The command: node or npm.</param>
    /// <param name="arguments">The command's arguments.</param>
    /// <param name="folder">The working directory.</param>
    /// <exception cref="NodeException">The command is missing.</exception>
    public static NodeProcess Start(string command, IEnumerable<string> arguments, string folder)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        try
        {
            string name = string.Join(' ', [Path.GetFileNameWithoutExtension(command), .. arguments.Take(1).Select(Path.GetFileName)]);
            return new NodeProcess(Process.Start(start)!, name);
        }
        catch (Win32Exception e)
        {
            throw new NodeException($"'{command}' cannot be started ({e.Message}). Node 20 or later with npm has to be on the PATH.", e);
        }
    }

    /// <summary>Writes a line to the process's standard input.</summary>
    /// <exception cref="NodeException">The process has ended.</exception>
    public async Task WriteLineAsync(string line, CancellationToken cancellation)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellation);
            await _process.StandardInput.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            throw await ExitErrorAsync(cancellation);
        }
    }

    /// <summary>Reads the next line of output. Returns null at the end of the output.</summary>
    public ValueTask<string?> TryReadLineAsync(CancellationToken cancellation) => _process.StandardOutput.ReadLineAsync(cancellation);

    /// <summary>Reads the next line of output.</summary>
    /// <exception cref="NodeException">The process has ended. The message contains its error output.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellation) =>
        await TryReadLineAsync(cancellation) ?? throw await ExitErrorAsync(cancellation);

    /// <summary>Waits until the process has ended. Returns its exit code and its error output.</summary>
    public async Task<(int ExitCode, string Errors)> WaitForExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return (_process.ExitCode, Errors);
    }

    /// <summary>Kills the process at once. A pending read then fails.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Kills the process and waits for its exit. Later calls do nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<NodeException> ExitErrorAsync(CancellationToken cancellation)
    {
        (int exitCode, string errors) = await WaitForExitAsync(cancellation);
        return new NodeException($"{_name} ended with exit code {exitCode}: {errors}");
    }

    /// <summary>
    /// Keeps the first 8 and the last 8 lines of the error output. npm writes the cause of an error first, other programs last.
    /// </summary>
    private sealed class ErrorLines
    {
        private const int LinesKept = 8;

        private readonly List<string> _first = [];
        private readonly Queue<string> _last = new();
        private bool _isTruncated;

        public void Add(string? line)
        {
            lock (_first)
            {
                if (string.IsNullOrWhiteSpace(line))
                {
                    return;
                }

                if (_first.Count < LinesKept)
                {
                    _first.Add(line.Trim());
                    return;
                }

                _last.Enqueue(line.Trim());
                _isTruncated |= _last.Count > LinesKept && _last.TryDequeue(out _);
            }
        }

        public override string ToString()
        {
            lock (_first)
            {
                return _first.Count == 0
                    ? "it wrote no error"
                    : string.Join("; ", [.. _first, .. _isTruncated ? ["…"] : Array.Empty<string>(), .. _last]);
            }
        }
    }
}
