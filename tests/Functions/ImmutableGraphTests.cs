using System.Reflection;
using System.Text.Json;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

/// <summary>Nothing that crosses between the workers can be changed by one of them after the other has it.</summary>
public class ImmutableGraphTests
{
    // Plain values that carry themselves. Everything else has to be made of them.
    private static readonly Type[] Plain = [typeof(string), typeof(bool), typeof(int), typeof(long), typeof(double)];

    public static TheoryData<Type> Crossing => [typeof(ExecuteRequest), .. FunctionList.All.Select(function => function.ResponseType)];

    [Theory]
    [MemberData(nameof(Crossing))]
    public void What_crosses_has_no_member_that_can_be_set_and_none_whose_type_is_open(Type type) => RequireImmutable(type);

    [Theory]
    [InlineData(typeof(Settable))]
    [InlineData(typeof(Fields))]
    [InlineData(typeof(Nested))]
    [InlineData(typeof(Holds<object>))]
    [InlineData(typeof(Holds<JsonElement>))]
    [InlineData(typeof(Holds<IEnumerable<int>>))]
    [InlineData(typeof(Holds<int[]>))]
    [InlineData(typeof(Holds<ReadOnlyMemory<byte>>))]
    [InlineData(typeof(Holds<Lazy<string>>))]
    public void A_type_that_could_be_changed_or_is_open_is_refused(Type type) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => RequireImmutable(type));

    private static void RequireImmutable(Type root)
    {
        var open = new Queue<Type>([root]);
        var seen = new HashSet<Type>();
        while (open.TryDequeue(out Type? type))
        {
            if (Plain.Contains(type) || !seen.Add(type))
            {
                continue;
            }

            const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
            PropertyInfo[] properties = [.. type.GetProperties(Instance).Where(property => property.Name != "EqualityContract")];
            Assert.True(type.IsClass && type.IsSealed, $"{type} is open: something else could stand in its place.");
            Assert.True(properties.Length > 0, $"{type} has no properties: what it holds cannot be seen.");
            Assert.All(type.GetFields(BindingFlags.Instance | BindingFlags.Public), field => Assert.Fail($"{type}.{field.Name} is a field."));
            Assert.All(properties, property => Assert.True(property.SetMethod is null || IsInitOnly(property.SetMethod), $"{type}.{property.Name} can be set."));
            foreach (PropertyInfo property in properties)
            {
                open.Enqueue(property.PropertyType);
            }
        }
    }

    private static bool IsInitOnly(MethodInfo setter) =>
        // By its name: what is compiled for an older framework brings one of its own.
        setter.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.FullName == "System.Runtime.CompilerServices.IsExternalInit");

    private sealed record Settable
    {
        public string Text { get; set; } = "";
    }

    private sealed record Fields(int Count)
    {
        public int Other = Count;
    }

    private sealed record Nested(Settable Inner);

    private sealed record Holds<T>(T Value);
}
