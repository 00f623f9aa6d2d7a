using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using WorkerRpc.Hostile.Mutating;
using WorkerRpc.Hostile.Targets;

namespace WorkerRpc.Hostile.Soak;

/// <summary>A client that connects at most once a second, sends an input of a hostile peer or of the mutator, and leaves.</summary>
/// <param name="server">The address of the server.</param>
/// <param name="seed">The seed of its choices.</param>
/// <param name="skipped">The names of hostile inputs that it does not send.</param>
/// <param name="inputFile">Holds the newest input, for a replay.</param>
internal sealed class HostileClient(Uri server, int seed, IReadOnlyCollection<string> skipped, string inputFile)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    // A client that does not leave by itself holds its connection for this time.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly Random _random = new(seed);

    private readonly byte[][] _inputs =
    [
        .. Inputs.Hostile.Where(input => !skipped.Contains(input.Name)).Select(input => Frames.Of(input.Messages, byte.MaxValue)),
        .. Inputs.HostileBytes.Where(input => !skipped.Contains(input.Key)).Select(input => input.Value),
    ];

    /// <summary>The number of connections that were accepted.</summary>
    public int Connections { get; private set; }

    /// <summary>Attacks until the token is cancelled. Waits before each attack while <paramref name="pause"/> has a pause.</summary>
    public async Task RunAsync(Pause pause, CancellationToken end)
    {
        // The clients do not all begin at the same time.
        await Task.Delay(s_interval * _random.NextDouble(), CancellationToken.None);
        while (!end.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            using (await pause.EnterAsync())
            {
                if (!await TryAttackAsync(NextInput()))
                {
                    // The newest input may have ended the server, so it is not replaced.
                    return;
                }
            }

            TimeSpan rest = s_interval - Stopwatch.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, CancellationToken.None);
            }
        }
    }

    private byte[] NextInput()
    {
        byte[] input = _random.Next(2) == 0 ? _random.GetItems(_inputs, 1)[0] : Mutated();
        File.WriteAllBytes(inputFile, input);
        return input;
    }

    private byte[] Mutated()
    {
        byte[] recipe = Recipe.Random(_random);
        var peer = new Peer();
        return Frames.Of(
            [
                .. Recipe.Apply(recipe, Inputs.Parsed).Select(message => Recipe.IsWild(recipe) ? message : peer.Repair(message))
                    .OfType<JsonList>().Select(message => message.ToString()),
            ],
            Recipe.Delivery(recipe));
    }

    // Returns false if the server does not listen.
    private async Task<bool> TryAttackAsync(byte[] input)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), patience.Token);
            await socket.SendAsync(Handshake.For(Endpoint.Path), patience.Token);
            Connections += await Handshake.ReadAnswerAsync(socket, patience.Token) ? 1 : 0;
            // One of three reads everything, one reads nothing, and one leaves at once.
            int manner = _random.Next(3);
            Task reading = manner == 0 ? ReadToEndAsync(socket, patience.Token) : Task.CompletedTask;
            await socket.SendAsync(input, patience.Token);
            await (manner == 1 ? Task.Delay(s_patience, patience.Token) : reading);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The server has cut the connection, or this client leaves.
        }

        // A reset instead of an orderly end.
        socket.LingerState = new LingerOption(true, 0);
        return true;
    }

    private static async Task ReadToEndAsync(Socket socket, CancellationToken cancellation)
    {
        byte[] buffer = new byte[1 << 14];
        while (await socket.ReceiveAsync(buffer, cancellation) > 0)
        {
        }
    }
}

/// <summary>Lets the attacks pause, so that the server's memory can be measured without them.</summary>
/// <param name="clients">The number of hostile clients.</param>
internal sealed class Pause(int clients) : IDisposable
{
    private readonly SemaphoreSlim _places = new(clients, clients);
    private readonly SemaphoreSlim _door = new(1, 1);

    /// <summary>Begins an attack. Disposing the result ends it.</summary>
    public async Task<IDisposable> EnterAsync()
    {
        // A pause holds the door while it waits for the places, so that no new attack begins.
        await _door.WaitAsync();
        _door.Release();
        await _places.WaitAsync();
        return new Place(this);
    }

    /// <summary>Waits until no attack runs, then does the work, then lets the attacks go on.</summary>
    public async Task<T> DuringAsync<T>(Func<Task<T>> work)
    {
        await _door.WaitAsync();
        try
        {
            for (int i = 0; i < clients; i++)
            {
                await _places.WaitAsync();
            }

            return await work();
        }
        finally
        {
            _places.Release(clients);
            _door.Release();
        }
    }

    public void Dispose()
    {
        _places.Dispose();
        _door.Dispose();
    }

    private sealed class Place(Pause pause) : IDisposable
    {
        public void Dispose() => pause._places.Release();
    }
}
