using EventHubs.Emulator;
using PolicySync.ContractCheck.Events;

namespace PolicySync.ContractCheck.Tests;

/// <summary>The check of an event hub, asked of the emulator.</summary>
public sealed class HubTests : IDisposable
{
    private const string HubName = "sync";
    private const string Group = "check";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private readonly EventHubsEmulator _hub = EventHubsEmulator.Start(
        new EmulatorOptions(FreePort.Next(), [(HubName, 4)], new HashSet<string> { EmulatorOptions.DefaultGroup, Group }), TimeProvider.System);

    public void Dispose() => _hub.Dispose();

    [Fact]
    public async Task Everything_that_is_assumed_of_a_hub_holds_of_the_emulator()
    {
        await using var check = Start([("PolicySync__Events__EventHub__ConnectionString", _hub.ConnectionString(HubName))], "--group", Group, "--patience", "00:00:05");
        await check.ExitAsync(Limit);

        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains($"{HubProbes.All.Count} hold, 0 differ, 0 could not be asked", check.Output, StringComparison.Ordinal);
        Assert.Contains("the first: ConsumerDisconnected, the third: ConsumerDisconnected", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_delivers_nothing_differs()
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, _hub.ConnectionString(HubName));
            _hub.Faults.HoldsDeliveries = true;
            await using var check = Start([("PolicySync__Events__EventHub__ConnectionStringFile", file)], "--group", Group, "--output", "json", "--patience", "00:00:01");
            await check.ExitAsync(Limit);

            Assert.True(check.ExitCode == 1, check.Output);
            Assert.Contains("0 of 10 events arrived within 00:00:01", check.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_group_that_does_not_exist_is_told_as_the_reason_and_nothing_is_said_to_differ()
    {
        await using var check = Start([("CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING", _hub.ConnectionString(HubName))], "--group", "nobody", "--patience", "00:00:01");
        await check.ExitAsync(Limit);

        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Contains("ResourceNotFound", check.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PolicySync__Events__EventHub__ConsumerGroup", "x", "PolicySync:Events:EventHub:ConnectionString: exactly one of")]
    [InlineData("PolicySync__Events__EventHub__ConnectionString", "SharedAccessKey=c2VjcmV0", "PolicySync:Events:EventHub:ConnectionString: ")]
    public async Task Wrong_settings_are_one_line_without_the_secret_and_exit_code_2(string name, string value, string line)
    {
        await using var check = Start([(name, value)], "--group", Group);
        await check.ExitAsync(Limit);

        Assert.Equal(2, check.ExitCode);
        Assert.Contains(line, Assert.Single(check.Output.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_one_line_and_exit_code_2()
    {
        await using var check = Start([("PolicySync__Events__EventHub__ConnectionString", EventHubsEmulator.ConnectionString(FreePort.Next(), HubName))], "--group", Group);
        await check.ExitAsync(Limit);

        Assert.Equal(2, check.ExitCode);
        Assert.StartsWith("contract-check events: ", Assert.Single(check.Output.Split('\n')), StringComparison.Ordinal);
        Assert.DoesNotContain("bG9jYWw", check.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "--group is required")]
    [InlineData("--group", "--group takes a value")]
    [InlineData("--group g --output xml", "--output takes table or json")]
    [InlineData("--group g --patience soon", "--patience takes hh:mm:ss")]
    [InlineData("--connection-string x", "no such option: --connection-string")]
    public async Task Wrong_arguments_are_refused_with_the_usage_before_anything_is_asked(string line, string fault)
    {
        using var errors = new StringWriter();

        var code = await EventsCheckCommand.RunAsync(
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries), () => throw new InvalidOperationException("nothing is read"),
            TextWriter.Null, errors, CancellationToken.None);

        Assert.Equal(2, code);
        Assert.StartsWith($"contract-check events: {fault}\n\ncontract-check events --group NAME", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_documentation_has_every_fact()
    {
        using var output = new StringWriter();
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/contract-check.md"));

        var code = await EventsCheckCommand.RunAsync(["--list"], () => throw new InvalidOperationException("nothing is read"), output, TextWriter.Null, CancellationToken.None);

        Assert.Equal(0, code);
        Assert.All(HubProbes.All.Select(probe => probe.Fact), fact =>
        {
            Assert.Contains($"{fact.Id}\n", output.ToString(), StringComparison.Ordinal);
            Assert.Contains($"| `{fact.Id}` | {fact.Question} | {fact.Assumed} | {fact.Matters} |", page, StringComparison.Ordinal);
        });
    }

    private static ChildProcess Start((string Name, string Value)[] settings, params string[] words) => ChildProcess.StartDotnet(
        Repository.Program("PolicySync.Host"), ["contract-check", "events", .. words],
        new Dictionary<string, string>(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))) { ["PolicySync__Role"] = "Gateway" });
}
