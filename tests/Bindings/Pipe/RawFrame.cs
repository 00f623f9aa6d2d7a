using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using MessagePack;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>A frame that is encoded and decoded independently of the library, to test its wire format.</summary>
internal sealed record RawFrame(byte Kind, ulong Id, byte[] Body)
{
    public const byte CallKind = 1;
    public const byte ResultKind = 2;
    public const byte ErrorKind = 3;
    public const byte CancelKind = 4;
    public const int HeadBytes = 13;

    public byte[] Bytes => [.. Head(Body.Length, Kind, Id), .. Body];

    public static byte[] Head(int bodyBytes, byte kind, ulong id)
    {
        byte[] head = new byte[HeadBytes];
        BinaryPrimitives.WriteInt32LittleEndian(head, bodyBytes);
        head[4] = kind;
        BinaryPrimitives.WriteUInt64LittleEndian(head.AsSpan(5), id);
        return head;
    }

    public static RawFrame Call(ulong id, ExecuteRequest request, long? leftMs = null)
    {
        using ByteBuffer body = ByteBuffer.Rent();
        var writer = new MessagePackWriter(body);
        if (leftMs is { } ms)
        {
            writer.Write(ms);
        }
        else
        {
            writer.WriteNil();
        }

        writer.Flush();
        MessagePackWire.Shared.WriteRequest(body, request);
        return new RawFrame(CallKind, id, body.Written.ToArray());
    }

    public static RawFrame Cancel(ulong id) => new(CancelKind, id, []);

    /// <summary>Encodes the answer of a function that returns a payload.</summary>
    public static RawFrame Result(ulong id, Payload result)
    {
        using ByteBuffer body = ByteBuffer.Rent();
        MessagePackWire.Shared.WriteResponse(body, new ExecuteResponse<Payload>(result, 1, 1), FunctionList.Find("echo"));
        return new RawFrame(ResultKind, id, body.Written.ToArray());
    }

    public static RawFrame Error(ulong id, int status, string detail)
    {
        var body = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(body);
        writer.Write(status);
        writer.Write(detail);
        writer.Flush();
        return new RawFrame(ErrorKind, id, body.WrittenSpan.ToArray());
    }

    /// <summary>Decodes the frame of a call.</summary>
    public (long? LeftMs, ExecuteRequest Request) AsCall()
    {
        Assert.Equal(CallKind, Kind);
        var reader = new MessagePackReader(Body);
        long? leftMs = reader.TryReadNil() ? null : reader.ReadInt64();
        return (leftMs, MessagePackWire.Shared.ReadRequest(Body.AsMemory((int)reader.Consumed)));
    }

    /// <summary>Decodes the frame of a result and returns the payload's text.</summary>
    public string AsResult()
    {
        Assert.Equal(ResultKind, Kind);
        return ((ExecuteResponse<Payload>)MessagePackWire.Shared.ReadResponse(Body, FunctionList.Find("echo"))).Result.Data;
    }

    public (int Status, string Detail) AsError()
    {
        Assert.Equal(ErrorKind, Kind);
        var reader = new MessagePackReader(Body);
        (int status, string detail) = (reader.ReadInt32(), reader.ReadString()!);
        Assert.True(reader.End);
        return (status, detail);
    }
}

/// <summary>Sends and receives single frames, valid or not, at one end of a connection.</summary>
internal static class RawEnd
{
    public static async Task SendAsync(this PipeConnection end, params RawFrame[] frames)
    {
        foreach (RawFrame frame in frames)
        {
            await end.Output.WriteAsync(frame.Bytes, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Receives the next frame. Returns null if the peer has ended after a whole frame.</summary>
    public static async Task<RawFrame?> ReceiveAsync(this PipeConnection end)
    {
        while (true)
        {
            ReadResult read = await end.Input.ReadAsync(TestContext.Current.CancellationToken);
            ReadOnlySequence<byte> arrived = read.Buffer;
            if (arrived.Length >= RawFrame.HeadBytes)
            {
                byte[] head = arrived.Slice(0, RawFrame.HeadBytes).ToArray();
                int whole = RawFrame.HeadBytes + BinaryPrimitives.ReadInt32LittleEndian(head);
                if (arrived.Length >= whole)
                {
                    ulong id = BinaryPrimitives.ReadUInt64LittleEndian(head.AsSpan(5));
                    byte[] body = arrived.Slice(RawFrame.HeadBytes, whole - RawFrame.HeadBytes).ToArray();
                    var frame = new RawFrame(head[4], id, body);
                    end.Input.AdvanceTo(arrived.GetPosition(whole));
                    return frame;
                }
            }

            end.Input.AdvanceTo(arrived.Start, arrived.End);
            if (read.IsCompleted)
            {
                Assert.True(arrived.IsEmpty, "The other end has ended within a frame.");
                return null;
            }
        }
    }

    /// <summary>Receives frames until the peer ends.</summary>
    public static async Task<List<RawFrame>> ReceiveAllAsync(this PipeConnection end)
    {
        List<RawFrame> frames = [];
        while (await end.ReceiveAsync() is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }
}
