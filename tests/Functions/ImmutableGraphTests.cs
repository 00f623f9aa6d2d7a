using System.Reflection;
using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

/// <summary>Tests that messages between the workers are immutable: a worker cannot change an object that the other one has.</summary>
public class ImmutableGraphTests
{
    // Simple immutable types. All other types must consist of these.
    private static readonly Type[] s_plain = [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double)];

    public static TheoryData<Type> MessageTypes => [typeof(ExecuteRequest), .. FunctionList.All.Select(function => function.ResponseType)];

    [Theory]
    [MemberData(nameof(MessageTypes))]
    public void Message_types_are_immutable_and_sealed(Type type) => AssertImmutable(type);

    [Theory]
    [InlineData(typeof(Settable))]
    [InlineData(typeof(Fields))]
    [InlineData(typeof(Nested))]
    [InlineData(typeof(Holder<object>))]
    [InlineData(typeof(Holder<JsonElement>))]
    [InlineData(typeof(Holder<IEnumerable<int>>))]
    [InlineData(typeof(Holder<int[]>))]
    [InlineData(typeof(Holder<ReadOnlyMemory<byte>>))]
    [InlineData(typeof(Holder<Lazy<string>>))]
    public void Mutable_or_unsealed_type_is_refused(Type type) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertImmutable(type));

    private static void AssertImmutable(Type root)
    {
        var pending = new Queue<Type>([root]);
        var seen = new HashSet<Type>();
        while (pending.TryDequeue(out Type? type))
        {
            if (s_plain.Contains(type) || !seen.Add(type))
            {
                continue;
            }

            const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            PropertyInfo[] properties = [.. type.GetProperties(Instance).Where(property => property.Name != "EqualityContract")];
            Assert.True(type.IsClass && type.IsSealed, $"{type} is not sealed: a subclass could be sent instead.");
            Assert.True(properties.Length > 0, $"{type} has no properties, so its content cannot be checked.");
            Assert.All(
                type.GetFields(BindingFlags.Instance | BindingFlags.Public),
                field => Assert.Fail($"{type}.{field.Name} is a field."));
            Assert.All(
                properties,
                property => Assert.True(
                    property.SetMethod is null || IsInitOnly(property.SetMethod), $"{type}.{property.Name} can be set."));
            foreach (PropertyInfo property in properties)
            {
                pending.Enqueue(property.PropertyType);
            }
        }
    }

    // Compares the type's name, because assemblies for older frameworks define their own IsExternalInit.
    private static bool IsInitOnly(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers()
        .Any(modifier => modifier.FullName == "System.Runtime.CompilerServices.IsExternalInit");

    private sealed record Settable
    {
        public string Text { get; set; } = "";
    }

    private sealed record Fields(int Count)
    {
        public int Other = Count;
    }

    private sealed record Nested(Settable Inner);

    private sealed record Holder<T>(T Value);
}
