using System.Text;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>Contracts written by hand, and the lookup of contracts by type.</summary>
public class ContractTests
{
    [Fact]
    public void Member_is_found_by_its_exact_name()
    {
        RpcContract contract = RpcContract.Find(typeof(IShop));

        foreach (RpcMember member in contract.Members)
        {
            byte[] name = Encoding.UTF8.GetBytes(member.Name);
            Assert.True(contract.TryGet(name, out RpcMember? found));
            Assert.Same(member, found);
            Assert.False(contract.TryGet([.. name, (byte)'x'], out _));
            Assert.False(contract.TryGet(name.AsSpan(1), out _));
        }

        Assert.Equal(14, contract.Members.Count);
        Assert.Null(contract.Self);
    }

    [Fact]
    public void Contract_is_not_inherited()
    {
        Assert.False(RpcContract.TryFind(typeof(Shop), out _));
        Assert.False(RpcContract.TryFind(typeof(object), out _));
        Assert.Equal(["level", "set"], RpcContract.Find(typeof(FineGauge)).Members.Select(member => member.Name));
        Assert.NotNull(RpcContract.Find(typeof(Func<int, Task<int>>)).Self);
        ArgumentException error = Assert.Throws<ArgumentException>(() => RpcContract.Find(typeof(string)));
        Assert.Contains("System.String", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Second_member_with_a_name_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new RpcContract<Shop>(
            null,
            RpcMember<Shop>.Method("open", (_, call) => call.Return()),
            RpcMember<Shop>.Property("open", (_, call) => call.Return())));

        Assert.Contains("'open'", error.Message, StringComparison.Ordinal);
    }
}
