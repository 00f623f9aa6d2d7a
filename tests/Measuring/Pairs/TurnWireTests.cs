using WorkerRpc.Benchmarks.Measuring.Pairs;

namespace WorkerRpc.Tests.Measuring.Pairs;

/// <summary>Pins the text of the turn protocol, because the gate and a measuring process may be builds of different commits.</summary>
public class TurnWireTests
{
    public static TheoryData<string> Requests =>
    [
        """{"do":"enter","version":3,"cases":["direct/echo/1KB"],"payloadKind":"text","processor":1,"bindingsAssembly":null}""",
        """{"do":"slow","case":"direct/echo/1KB","ns":500,"every":1}""",
        """{"do":"turn","case":"direct/echo/1KB","ms":5,"keep":true}""",
        """{"do":"crowd","case":"direct/echo/1KB","callers":8,"ms":250}""",
        """{"do":"tell"}""",
    ];

    public static TheoryData<string> Replies =>
    [
        """{"said":"entered","runtime":".NET 10.0.0","onOneProcessor":true}""",
        """{"said":"done","p50Ns":1500}""",
        """{"said":"crowded","callsPerSecond":100000,"longestNs":2000000}""",
        """{"said":"told","cases":[{"case":"direct/echo/1KB","histogram":"HIS","meanNs":40"""
            + ""","allocatedBytes":24,"cpuNs":90}],"peakMemoryBytes":1000}""",
        """{"said":"refused","error":"unknown case","unusable":true}""",
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public void Request_is_written_as_it_was_read(string line) => Assert.Equal(line, TurnJson.Write(TurnJson.ReadRequest(line)));

    [Theory]
    [MemberData(nameof(Replies))]
    public void Reply_is_written_as_it_was_read(string line) => Assert.Equal(line, TurnJson.Write(TurnJson.ReadReply(line)));

    [Fact]
    public void Protocol_has_version_3() => Assert.Equal(3, TurnProtocol.Version);
}
