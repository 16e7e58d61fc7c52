using System.Text.Json;
using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests.Operations;

/// <summary>What processes log when nothing is wrong.</summary>
public sealed class CleanLogTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_process_with_everything_logs_no_error_from_its_start_to_its_end()
    {
        Policies.Allow("read", "main.sales.*", "select", "@analysts").Publish();
        var host = await StartHostAsync();
        await host.RunAsync(Payload.Table("main.sales.customers"));

        await host.StopAsync(Limit);

        AssertClean(host.Log);
        var sections = Lines(host.Log).Where(line => line.Id == 1630).Select(line => line.Message.Split(':')[..2]).Select(parts => string.Join(':', parts)).ToList();
        Assert.Contains("Configuration of PolicySync:Workspace", sections);
        Assert.Equal(sections.Count, sections.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain("dapi-emulator-policysync", host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_and_gateway_log_no_error_from_their_start_to_their_end()
    {
        Policies.Allow("read", "main.sales.*", "select", "@analysts").Publish();
        var cluster = await StartClusterAsync(silos: 1, gateways: 1);
        var (gateway, silo) = (cluster.Gateways[0], cluster.Silos[0]);

        foreach (var member in new[] { gateway, silo }) // as a rolling upgrade stops them: the silo outlives its clients
        {
            await member.TerminateAsync();
        }

        AssertClean(gateway.Log);
        AssertClean(silo.Log);
    }

    private static void AssertClean(string log)
    {
        var lines = Lines(log).ToList();
        Assert.Contains(lines, line => line.Message.StartsWith("Application is shutting down", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Level is "Error" or "Critical");
    }

    private static IEnumerable<(string Level, int Id, string Message)> Lines(string log)
    {
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line); // a line that is no JSON is an error of its own
            yield return (json.RootElement.GetProperty("LogLevel").GetString()!, json.RootElement.GetProperty("EventId").GetInt32(), json.RootElement.GetProperty("Message").GetString()!);
        }
    }
}
