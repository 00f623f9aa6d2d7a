using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>What only the bytes of a frame show.</summary>
public class FrameWriterTests
{
    [Fact]
    public async Task Every_frame_of_a_client_has_a_key_of_its_own_and_its_text_masked_by_it()
    {
        const int Frames = 600;
        // Two keys in a few million are the same by chance.
        const int Distinct = Frames - 2;
        var writer = new FrameWriter(isServer: false);
        var keys = new HashSet<int>();
        byte[] text = [.. Enumerable.Range(0, 77).Select(i => (byte)i)];
        byte[] frame = new byte[text.Length + FrameHead.MaxBytes];
        for (int i = 0; i < Frames; i++)
        {
            int length = writer.WriteText(text, frame);

            Assert.Equal(2 + sizeof(int) + text.Length, length);
            keys.Add(BitConverter.ToInt32(frame, 2));
            Assert.Equal(text, (await RawFrame.ReadAsync(new MemoryStream(frame, 0, length))).Payload);
        }

        Assert.True(keys.Count >= Distinct);
    }
}
