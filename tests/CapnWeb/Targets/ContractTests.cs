using System.Text;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Targets;

/// <summary>Contracts by hand and by look-up.</summary>
public class ContractTests
{
    [Fact]
    public void A_member_is_found_by_exactly_its_name()
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
    public void A_contract_is_of_its_type_alone()
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
    public void Two_members_of_one_name_are_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new RpcContract<Shop>(
            null,
            RpcMember<Shop>.Method("open", (_, call) => call.Return()),
            RpcMember<Shop>.Property("open", (_, call) => call.Return())));

        Assert.Contains("'open'", error.Message, StringComparison.Ordinal);
    }
}
