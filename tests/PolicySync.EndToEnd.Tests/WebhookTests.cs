using PolicySync.EndToEnd.Tests.Stack;

namespace PolicySync.EndToEnd.Tests;

/// <summary>What receivers of events get from a service that runs as a process.</summary>
public sealed class WebhookTests(AzuriteFixture azurite) : StackTest(azurite)
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Table = "main.sales.customers";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_verification_that_finds_drift_and_exposed_access_is_sent_as_the_API_shows_it_also_without_durable_storage(bool inMemory)
    {
        await using var receiver = new WebhookReceiver();
        var host = await StartAsync(receiver, inMemory ? [("Storage:Provider", "Memory"), ("Storage:ConnectionString", "")] : []);

        var id = await host.PostAsync(Payload.As(Payload.Table(Table), "VERIFY"));
        var task = await host.EndOfAsync(id);
        var received = await receiver.UntilAsync(seen => seen.Count == 3, "three events", () => host.LogEnd);

        Assert.Equal(["access.exposed", "drift.found", "task.ended"], received.Select(webhook => webhook.Event).Order(StringComparer.Ordinal));
        Assert.All(received, webhook =>
        {
            Assert.True(webhook.IsSignedBy(Secret));
            Assert.Equal((id, "SUCCESS", "DRIFTED", 1), (
                (string?)webhook.Data["taskId"], (string?)webhook.Data["status"], (string?)webhook.Data["outcome"], (int?)webhook.Data["counts"]!["drifted"]));
            Assert.Equal(((string?)task["message"], $"/policysync/api/v1/tasks/{id}"), ((string?)webhook.Data["message"], (string?)webhook.Data["link"]));
        });
        Assert.DoesNotContain(Secret, host.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(receiver.Url.Authority, host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_that_no_receiver_took_are_sent_after_the_process_was_killed()
    {
        await using var receiver = new WebhookReceiver();
        receiver.Answer = static (_, response) => response.StatusCode = 500;
        var host = await StartAsync(receiver, [("Webhooks:Endpoints:0:Events:0", "task.ended")]);
        await host.RunAsync(Payload.Table(Table));
        var before = await receiver.UntilAsync(seen => seen.Count > 0, "the first attempt", () => host.LogEnd);

        await host.KillAsync();
        receiver.Answer = static (_, response) => response.StatusCode = 204;
        await host.RestartAsync();
        var after = await receiver.UntilAsync(seen => seen.Count > before.Count, "another attempt", () => host.LogEnd);

        Assert.Single(after.Select(webhook => (webhook.Id, webhook.Body)).Distinct());
    }

    [Fact]
    public async Task A_refused_version_of_the_policies_is_reported_once()
    {
        await using var receiver = new WebhookReceiver();
        var host = await StartAsync(receiver, [("Webhooks:Endpoints:0:Events:0", "policies.refused")]);
        for (var n = 0; n < 10; n++)
        {
            Policies.Allow($"more {n}", $"main.sales.t{n}", "select", "@analysts");
        }

        Policies.Publish();
        await host.RunAsync(Payload.Table(Table));
        Policies.Clear().Allow("read", Table, "select", "@finance-team").Publish();
        for (var n = 0; n < 3; n++)
        {
            Assert.Equal("FAILED", (string?)(await host.RunAsync(Payload.Table(Table)))["status"]);
        }

        await receiver.UntilAsync(seen => seen.Count == 1, "the event", () => host.LogEnd);
        await host.KillAndRestartAsync();
        await host.RunAsync(Payload.Table(Table));

        var received = Assert.Single(receiver.Received);
        Assert.Equal(("policies.refused", "POLICIES_SHRANK"), (received.Event, (string?)received.Data["code"]));
        Assert.True(received.IsSignedBy(Secret));
    }

    private Task<Host> StartAsync(WebhookReceiver receiver, (string Key, string Value)[] settings)
    {
        Policies.Allow("read", Table, "select", "@finance-team").Publish();
        return StartHostAsync(
            [
                ("Webhooks:Endpoints:0:Name", "ops"), ("Webhooks:Endpoints:0:Url", receiver.Url.ToString()), ("Webhooks:Endpoints:0:Secret", Secret),
                ("Webhooks:AllowedHosts:0", "127.0.0.1"), .. settings,
            ]);
    }
}
