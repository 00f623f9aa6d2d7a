using System.ComponentModel;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Architecture.Fixture.Right;

namespace WorkerRpc.Tests.Architecture.Fixture.Left;

/// <summary>Has two faults: an attribute uses the other folder of the floor, and a method uses code outside the house.</summary>
[TypeConverter(typeof(Door))]
public sealed class Window
{
    public static string Size() => new PayloadSize(100).Label;
}
