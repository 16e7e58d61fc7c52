using System.Net;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Errors;
using PolicySync.Host.Health;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

public sealed class HealthTests
{
    [Fact]
    public async Task Without_a_silo_a_process_lives_and_is_not_ready()
    {
        await using var host = await TestHost.StartAsync();

        using var live = await host.Anonymous.GetAsync("/health/live");
        using var ready = await host.Anonymous.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal(
            """{"status":"Unhealthy","state":"Ready","parts":{"process":"Healthy","silo":"Unhealthy","storage":"Healthy","policies":"Healthy"}}""", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Storage_is_asked_once_for_many_probes_and_again_when_the_answer_is_old()
    {
        var time = new FakeTimeProvider();
        var asked = 0;
        var fails = false;
        var store = new TestStore(time)
        {
            Before = () =>
            {
                asked++;
                return fails ? throw new SyncException(SyncErrorCode.Unavailable, "away") : Task.CompletedTask;
            },
        };
        using var health = new StorageHealth(store, time);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(new HealthCheckContext())).Status);
        }

        Assert.Equal(1, asked);
        fails = true;
        time.Advance(StorageHealth.MaxAge);
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(new HealthCheckContext())).Status);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task Storage_that_never_answers_is_unhealthy_after_a_while()
    {
        var time = new FakeTimeProvider();
        var never = new TaskCompletionSource();
        using var health = new StorageHealth(new TestStore(time) { Before = () => never.Task }, time);

        var check = health.CheckHealthAsync(new HealthCheckContext());
        time.Advance(StorageHealth.Patience);

        Assert.Equal(HealthStatus.Unhealthy, (await check).Status);
        never.SetResult();
    }
}
