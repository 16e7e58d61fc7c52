using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

public sealed class MetricsTests
{
    [Fact]
    public async Task What_the_API_does_is_counted_for_Prometheus()
    {
        await using var host = await TestHost.StartAsync(settings: ("PolicySync:Metrics:Anonymous", "true"));
        using var accepted = await host.Client.PostAsync(Send.Table);
        using var refused = await host.Client.PostAsync("{");

        // The duration of a request is measured when its answer has left, which its client does not wait for.
        var metrics = "";
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var asked = 0; asked < 600 && !metrics.Contains("http_server_request_duration", StringComparison.Ordinal); asked++)
        {
            await timer.WaitForNextTickAsync();
            metrics = await host.Anonymous.GetStringAsync("/metrics");
        }

        Assert.Matches("policysync_api_tasks_accepted_total\\{[^}]*status=\"NEW\"[^}]*\\} [1-9]", metrics);
        Assert.Matches("policysync_api_requests_refused_total\\{[^}]*http_response_status_code=\"400\"[^}]*\\} [1-9]", metrics);
        Assert.Matches("policysync_api_tokens_refused_total\\{[^}]*reason=\"expired\"[^}]*\\} [0-9]", metrics);
        Assert.Contains("http_server_request_duration", metrics, StringComparison.Ordinal);
        Assert.Contains("dotnet_", metrics, StringComparison.Ordinal);
    }
}
