using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Adapters;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;

namespace PolicySync.Benchmarks;

/// <summary>The process that has to do with little memory.</summary>
internal static class InputsChild
{
    public const int Users = 1_000_000;
    public const int Groups = 2_000;
    public const int GroupsEach = 5;
    public const int Policies = 100_000;

    public static async Task<int> RunAsync(string folder, TextWriter output)
    {
        await Write(folder, version: 1);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  policies.json {Size(folder, "policies.json"):N0} MiB, userstore.json {Size(folder, "userstore.json"):N0} MiB"));
        using var services = new ServiceCollection().AddLogging().AddMetrics().AddPolicySyncAdapters()
            .Configure<PoliciesOptions>(options => options.Folder = folder).BuildServiceProvider();
        var source = services.GetRequiredService<IPolicySource>();

        var directory = Timed(output, "directory of the workspace", Directory);
        var first = await TimedAsync(output, "first version, read and compiled", () => ReadAsync(source, last: null));
        await Write(folder, version: 2);
        var second = await TimedAsync(output, "second version, while the first serves", () => ReadAsync(source, first.Baseline));
        GC.KeepAlive((directory, first, second));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  most that the process had: {Peak() >> 20:N0} MiB"));
        return Peak() <= InputsBenchmark.Limit ? 0 : 1;
    }

    private static async Task<PolicySnapshot> ReadAsync(IPolicySource source, PolicyBaseline? last)
    {
        var download = (await source.ReadAsync(last?.Stamp, CancellationToken.None))!;
        return PolicySnapshot.Compile(download, PolicyGate.Accept(download, last, allowShrink: null), []);
    }

    private static PrincipalSnapshot Directory()
    {
        var members = new List<string>[Groups];
        for (var group = 0; group < Groups; group++)
        {
            members[group] = [];
        }

        for (var user = 0; user < Users; user++)
        {
            foreach (var group in GroupsOf(user))
            {
                members[group].Add(Id(user)); // each membership with a text of its own, as SCIM gives it
            }
        }

        return new PrincipalSnapshot(
            Enumerable.Range(0, Users).Select(user => new DirectoryMember(Id(user), User(user), Active: true)),
            [],
            Enumerable.Range(0, Groups).Select(group => new DirectoryGroup($"g{group}", Group(group), IsAccountGroup: true, members[group])),
            self: null);
    }

    private static async Task Write(string folder, int version)
    {
        await File.WriteAllBytesAsync(Path.Combine(folder, "policies.next"), PolicySet.Download(Policies + version, openShare: 0).Utf8);
        File.Move(Path.Combine(folder, "policies.next"), Path.Combine(folder, "policies.json"), overwrite: true);
        await using (var file = File.Create(Path.Combine(folder, "userstore.next")))
        {
            await using var json = new Utf8JsonWriter(file);
            json.WriteStartObject();
            json.WriteNumber("userStoreVersion", version);
            json.WriteStartObject("userGroupMapping");
            for (var user = 0; user < Users; user++)
            {
                json.WriteStartArray(User(user));
                foreach (var group in GroupsOf(user + version))
                {
                    json.WriteStringValue(Group(group));
                }

                json.WriteEndArray();
                if (json.BytesPending > 1 << 20)
                {
                    await json.FlushAsync();
                }
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        File.Move(Path.Combine(folder, "userstore.next"), Path.Combine(folder, "userstore.json"), overwrite: true);
        GC.Collect();
    }

    private static IEnumerable<int> GroupsOf(int user) => Enumerable.Range(0, GroupsEach).Select(n => (user * 31 + n * 397 + user / 7) % Groups);

    private static string Id(int user) => string.Create(CultureInfo.InvariantCulture, $"{4_000_000_000_000_000 + user}");


    private static string User(int user) => string.Create(CultureInfo.InvariantCulture, $"user{user:0000000}@example.com");

    private static string Group(int group) => string.Create(CultureInfo.InvariantCulture, $"group-{group:0000}");

    private static long Size(string folder, string name) => new FileInfo(Path.Combine(folder, name)).Length >> 20;

    private static T Timed<T>(TextWriter output, string what, Func<T> make) =>
        TimedAsync(output, what, () => Task.FromResult(make())).GetAwaiter().GetResult();

    private static async Task<T> TimedAsync<T>(TextWriter output, string what, Func<Task<T>> make)
    {
        var before = Settled();
        var clock = Stopwatch.StartNew();
        var made = await make();
        var time = clock.Elapsed;
        var after = Settled();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: {time.TotalSeconds:N1} s, {(after - before) >> 20:N0} MiB more, {after >> 20:N0} MiB in all"));
        GC.KeepAlive(made);
        return made;
    }

    private static long Settled()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: false);
    }

    private static long Peak() => File.ReadLines("/proc/self/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10).Single();
}
