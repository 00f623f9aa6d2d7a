using System.ComponentModel;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Architecture.Fixture.Right;

namespace WorkerRpc.Tests.Architecture.Fixture.Left;

/// <summary>Uses the other folder of its floor in an attribute, and code outside of the house in a method.</summary>
[TypeConverter(typeof(Door))]
public sealed class Window
{
    public static string Size() => new PayloadSize(100).Label;
}
