using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace WorkerRpc.Bindings.Node;

/// <summary>
/// A process of Node or npm that is spoken to in lines, over its standard input and output. It ends with this object;
/// should this process die, a program that reads its standard input sees that end.
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
        process.ErrorDataReceived += (_, line) => _errors.Take(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>What it wrote to its standard error: the first lines and the last.</summary>
    public string Errors => _errors.ToString();

    /// <summary>Starts a program of Node's.</summary>
    /// <param name="program">The path of its file.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="NodeException">Node is missing.</exception>
    public static NodeProcess StartProgram(string program, params IEnumerable<string> arguments) =>
        Start("node", [program, .. arguments], Path.GetDirectoryName(Path.GetFullPath(program))!);

    /// <summary>Starts Node or npm.</summary>
    /// <param name="command">Which of them.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it works.</param>
    /// <exception cref="NodeException">It is missing.</exception>
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
            return new NodeProcess(Process.Start(start)!, string.Join(' ', [Path.GetFileNameWithoutExtension(command), .. arguments.Take(1).Select(Path.GetFileName)]));
        }
        catch (Win32Exception e)
        {
            throw new NodeException($"'{command}' cannot be started ({e.Message}). Node 20 or later with npm has to be on the PATH.", e);
        }
    }

    /// <summary>Writes a line.</summary>
    /// <exception cref="NodeException">It has ended.</exception>
    public async Task WriteLineAsync(string line, CancellationToken cancellation)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line.AsMemory(), cancellation);
            await _process.StandardInput.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            throw await EndedAsync(cancellation);
        }
    }

    /// <summary>Reads the next line; null where its output has ended.</summary>
    public ValueTask<string?> TryReadLineAsync(CancellationToken cancellation) => _process.StandardOutput.ReadLineAsync(cancellation);

    /// <summary>Reads the next line.</summary>
    /// <exception cref="NodeException">It ended before; the message has what it wrote to its standard error.</exception>
    public async Task<string> ReadLineAsync(CancellationToken cancellation) =>
        await TryReadLineAsync(cancellation) ?? throw await EndedAsync(cancellation);

    /// <summary>Waits until it has ended.</summary>
    public async Task<(int ExitCode, string Errors)> WaitForExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        return (_process.ExitCode, Errors);
    }

    /// <summary>Has it end now; whoever reads from it hears of that.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Has it end, and waits for that; a second time, nothing.</summary>
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

    private async Task<NodeException> EndedAsync(CancellationToken cancellation)
    {
        (int exitCode, string errors) = await WaitForExitAsync(cancellation);
        return new NodeException($"{_name} ended with exit code {exitCode}: {errors}");
    }

    /// <summary>The beginning and the end of a text: npm says first what went wrong, a program may say much before it dies.</summary>
    private sealed class ErrorLines
    {
        private const int KeptAtEitherEnd = 8;

        private readonly List<string> _first = [];
        private readonly Queue<string> _last = new();
        private bool _cut;

        public void Take(string? line)
        {
            lock (_first)
            {
                if (string.IsNullOrWhiteSpace(line))
                {
                    return;
                }

                if (_first.Count < KeptAtEitherEnd)
                {
                    _first.Add(line.Trim());
                    return;
                }

                _last.Enqueue(line.Trim());
                _cut |= _last.Count > KeptAtEitherEnd && _last.TryDequeue(out _);
            }
        }

        public override string ToString()
        {
            lock (_first)
            {
                return _first.Count == 0 ? "it wrote no error" : string.Join("; ", [.. _first, .. _cut ? ["…"] : Array.Empty<string>(), .. _last]);
            }
        }
    }
}
