using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;

namespace PolicySync.Grains.Tests.Recorded;

/// <summary>
/// What an earlier build sent is understood by this one, to the byte: during a rolling upgrade both talk to each other.
/// A file that is recorded stays as it is; what is new gets a further file.
/// </summary>
public sealed class RecordedWire : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(GrainNames).Assembly)).BuildServiceProvider();

    private Serializer Serializer => _services.GetRequiredService<Serializer>();

    public static TheoryData<string> Recorded => [.. Read().Keys];

    // What an earlier build does not know of these, it passes over.
    private static readonly string[] Grown = ["ps.budget-report"];

    public static TheoryData<string> Surrogates =>
    [
        .. typeof(GrainNames).Assembly.GetTypes()
            .Where(type => type.IsValueType && type.IsDefined(typeof(GenerateSerializerAttribute)) && type.Name.EndsWith("Wire", StringComparison.Ordinal))
            .Where(type => !Grown.Contains(Alias(type)))
            .Select(type => $"type {Alias(type)}"),
    ];

    public void Dispose() => _services.Dispose();

    [Theory]
    [MemberData(nameof(Recorded))]
    public void A_message_of_an_earlier_build_is_read_whole(string name)
    {
        var read = Serializer.Deserialize<object>(Read()[name])!;

        // By bytes of this build, which say all that a value holds, exceptions and calls included. Both went over the wire:
        // a list arrives as a list of another type.
        var expected = Serializer.Deserialize<object>(Write(Samples()[name]))!;
        Assert.Equal(Convert.ToBase64String(Write(expected)), Convert.ToBase64String(Write(read)));
    }

    /// <summary>
    /// The other direction, for the surrogates of Core's types that have not grown since: the recorded bytes are what this
    /// build writes, so the build that wrote them reads them.
    /// </summary>
    [Theory]
    [MemberData(nameof(Surrogates))]
    public void A_message_of_this_build_is_what_an_earlier_build_wrote(string name) =>
        Assert.Equal(Convert.ToBase64String(Read()[name]), Convert.ToBase64String(Write(Samples()[name])));

    [Fact]
    public void Every_type_and_call_has_been_recorded()
    {
        // Where the test is run: what a file of all would be now, from which to take what is new.
        File.WriteAllLines(
            Path.Combine(AppContext.BaseDirectory, "Recorded", "wire.now.txt"),
            Samples().Select(sample => $"{sample.Key} {Convert.ToBase64String(Write(sample.Value))}"));
        var types = typeof(GrainNames).Assembly.GetTypes();
        var needed = types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute))).Select(type => $"type {Alias(type)}")
            .Concat(Methods().SelectMany(method => new[] { $"call {method.Name}", $"answer {method.Name}" }));

        Assert.Equal(needed.Order(StringComparer.Ordinal), Read().Keys.Order(StringComparer.Ordinal));
    }

    private byte[] Write(object value) => Serializer.SerializeToArray(value);

    private static Dictionary<string, object> Samples()
    {
        var samples = WireSamples.Types.ToDictionary(pair => $"type {pair.Key}", pair => pair.Value, StringComparer.Ordinal);
        foreach (var (name, method) in Methods())
        {
            var (arguments, answer) = WireSamples.Calls[name];
            var call = CallOf(method);
            for (var i = 0; i < arguments.Length; i++)
            {
                call.SetArgument(i, arguments[i]);
            }

            samples[$"call {name}"] = call;
            samples[$"answer {name}"] = answer is null ? Response.Completed : Answer(method, answer);
        }

        return samples;
    }

    /// <summary>The message that the compiled proxy sends for a method.</summary>
    private static IInvokable CallOf(MethodInfo method) => typeof(GrainNames).Assembly.GetTypes()
        .Where(type => type.IsAssignableTo(typeof(IInvokable)) && !type.IsAbstract)
        .Select(type => (IInvokable)Activator.CreateInstance(type)!)
        .Single(call => call.GetMethod() == method);

    // As the silo answers: typed by what the method promises, not by what it gave.
    private static object Answer(MethodInfo method, object answer) => typeof(Response).GetMethod(nameof(Response.FromResult))!
        .MakeGenericMethod(method.ReturnType.GetGenericArguments()[0]).Invoke(null, [answer])!;

    private static IEnumerable<(string Name, MethodInfo Method)> Methods() => typeof(GrainNames).Assembly.GetTypes()
        .Where(type => type.IsInterface && type.IsAssignableTo(typeof(IAddressable)) && type.IsDefined(typeof(AliasAttribute)))
        .SelectMany(grain => grain.GetMethods().Select(method => ($"{Alias(grain)}/{Alias(method)}", method)));

    private static string? Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static SortedDictionary<string, byte[]> Read()
    {
        var recorded = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Recorded"), "wire-*.txt"))
        {
            foreach (var line in File.ReadLines(file))
            {
                var split = line.LastIndexOf(' ');
                recorded.Add(line[..split], Convert.FromBase64String(line[(split + 1)..]));
            }
        }

        return recorded;
    }
}
