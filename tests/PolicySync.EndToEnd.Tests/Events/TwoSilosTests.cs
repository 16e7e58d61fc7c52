using System.Globalization;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace PolicySync.EndToEnd.Tests.Events;

/// <summary>Two silos share the partitions, and one of them dies among its events while the storage is away.</summary>
public sealed class TwoSilosTests(AzuriteFixture azurite, ITestOutputHelper output) : EventTest(azurite)
{
    private const int InArray = 50;
    private const int Single = 80;
    private const int Least = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(20);
    private static readonly string[] Bad = ["{", "7", """{"type":7}""", """{"type":"RESOURCE_SYNC"}"""];

    [Fact]
    public async Task Each_event_ends_as_a_task_a_duplicate_or_a_dead_letter_when_a_silo_is_killed_amid_an_event_and_the_storage_is_away()
    {
        Policies.Allow("sales reads customers", "main.sales.customers", "select", "@sales-team").Publish();
        var cluster = await StartClusterAsync(silos: 2, gateways: 1, Settings);
        using var client = cluster.Client();
        await Wait.ForAsync(
            async () => await Task.WhenAll(cluster.Silos.Select(PartitionsAsync)), owned => owned.All(mine => mine.Count == Partitions / 2), Limit,
            owned => $"partitions of the silos: {string.Join(" and ", owned!.Select(mine => mine.Count))}");
        var (victim, survivor) = (cluster.Silos[0], cluster.Silos[1]);
        var itsPartition = (await PartitionsAsync(victim))[0];

        // The requests of an array are taken one after the other, so there is time to die between them.
        await SendToAsync(itsPartition, Array("torn"));
        await Wait.ForAsync(client.ListAsync, tasks => tasks.Count >= Least, Limit, tasks => $"{tasks?.Count} tasks");
        await victim.KillAsync();
        var killed = TimeProvider.System.GetUtcNow();
        await Azurite.SignalAsync("STOP");
        try
        {
            await SendAsync([.. Enumerable.Range(0, Single).Select(Event), .. Bad, Array("whole"), .. Enumerable.Range(0, Single / 4).Select(Event)]);
            await Wait.ForAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() - killed), passed => passed > Outage, Outage * 2, _ => "the outage goes on");
        }
        finally
        {
            await Azurite.SignalAsync("CONT");
        }

        string[] wanted = [
            .. Enumerable.Range(0, InArray).SelectMany(number => (string[])[$"torn-{number}", $"whole-{number}"]), .. Enumerable.Range(0, Single).Select(number => $"e-{number}")];
        var tasks = await Wait.ForAsync(
            client.ListAsync, tasks => tasks.Count >= wanted.Length && tasks.All(task => (string?)task["endTime"] is not null), Limit,
            tasks => $"{tasks?.Count} of {wanted.Length} tasks, {tasks?.Count(task => (string?)task["endTime"] is null)} of them open: {survivor.LogEnd}");
        await Wait.ForAsync(() => LagAsync(survivor), lag => lag == (Partitions, 0), Limit, lag => $"partitions and lag of the survivor: {lag}; {survivor.LogEnd}");
        var ended = await Task.WhenAll(tasks.Select(task => client.GetAsync((string)task["taskId"]!)));
        Assert.Equal(wanted.Order(StringComparer.Ordinal), ended.Select(IdOf).Order(StringComparer.Ordinal));
        Assert.All(ended, task => Assert.Equal("SUCCESS", (string?)task["status"]));
        Assert.Equal(Bad.Order(StringComparer.Ordinal), (await LettersAsync()).Values.Select(letter => letter.GetProperty("body").GetString()!).Order(StringComparer.Ordinal));
        Assert.InRange(await OutcomeAsync(survivor, "DUPLICATE"), (Single / 4) + Least, int.MaxValue);
        Assert.Equal((0, 0), await Emulator.WriteFaultsAsync());

        var before = ended.Count(task => IdOf(task).StartsWith("torn-", StringComparison.Ordinal)
            && DateTimeOffset.Parse((string)task["createTime"]!, CultureInfo.InvariantCulture) < killed);
        Assert.InRange(before, Least, InArray - 1);
        output.WriteLine($"the silo was killed after {before} of {InArray} requests of one event");
    }

    private static string IdOf(JsonNode task) => (string)task["event"]!["id"]!;

    private static string Event(int number) => Request($"e-{number}").ToJsonString();

    private static string Array(string name) =>
        new JsonArray([.. Enumerable.Range(0, InArray).Select(number => (JsonNode)Request($"{name}-{number}"))]).ToJsonString();

    private static async Task<IReadOnlyList<string>> PartitionsAsync(Member silo) =>
        [.. (await LinesAsync(silo, "policysync_events_lag{")).Select(line => line.Split("partition=\"")[1].Split('"')[0])];

    private static async Task<(int Partitions, double Lag)> LagAsync(Member silo)
    {
        var lines = await LinesAsync(silo, "policysync_events_lag{");
        return (lines.Count, lines.Sum(ValueOf));
    }

    private static async Task<int> OutcomeAsync(Member silo, string outcome) => (int)(await LinesAsync(silo, "policysync_events_outcomes"))
        .Where(line => line.Contains($"outcome=\"{outcome}\"", StringComparison.Ordinal)).Sum(ValueOf);

    private static async Task<IReadOnlyList<string>> LinesAsync(Member silo, string begin) =>
        [.. (await silo.MetricsAsync()).Split('\n').Where(line => line.StartsWith(begin, StringComparison.Ordinal))];

    private static double ValueOf(string line) =>
        double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
}
