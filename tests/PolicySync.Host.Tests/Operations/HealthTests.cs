using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Grains;
using PolicySync.Grains.Policies;
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
        var body = JsonNode.Parse(await ready.Content.ReadAsStringAsync())!.AsObject();
        Assert.True(body.Remove("since", out var since));
        Assert.Equal(["silo"], since!.AsObject().Select(part => part.Key));
        Assert.Equal(
            $$$"""{"status":"Unhealthy","version":"{{{ProductVersion.Text}}}","state":"Ready","parts":{"process":"Healthy","silo":"Unhealthy","storage":"Healthy","policies":"Healthy"}}""", body.ToJsonString());
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
    public async Task Policies_that_cannot_be_had_are_told_with_their_code_while_they_cannot_and_looked_for_again()
    {
        var time = new FakeTimeProvider();
        var source = new StubbornSource();
        var options = Options.Create(new PoliciesOptions { Source = PolicySourceKind.RangerAdmin });
        var policies = new PolicySnapshots(
            source, source, new AcceptedPolicies(null!, new GrainSettings("test"), null!, null!),
            new PolicyCompiler(options, Options.Create(new PrincipalsOptions()), Options.Create(new TagsOptions()), Options.Create(new SyncOptions())), options, time,
            NullLogger<PolicySnapshots>.Instance);
        var health = new PoliciesHealth(options, policies);
        Assert.Equal((HealthStatus.Healthy, null), await LookAsync());

        var check = policies.GetFreshAsync();
        await source.Asked;
        time.Advance(PoliciesHealth.Long + TimeSpan.FromSeconds(1));
        Assert.Equal((HealthStatus.Degraded, "POLICIES_UNAVAILABLE"), await LookAsync());

        time.Advance(options.Value.CheckLimit());
        await Assert.ThrowsAsync<SyncException>(() => check);
        Assert.Equal((HealthStatus.Degraded, "POLICIES_UNAVAILABLE"), await LookAsync());

        var before = source.Reads;
        time.Advance(TimeSpan.FromSeconds(11));
        await LookAsync();
        for (var i = 0; source.Reads == before && i < 1000; i++)
        {
            await Task.Delay(10);
        }

        Assert.Equal(before + 1, source.Reads);

        async Task<(HealthStatus, string?)> LookAsync()
        {
            var result = await health.CheckHealthAsync(new HealthCheckContext());
            return (result.Status, result.Data.GetValueOrDefault(PoliciesHealth.Reason) as string);
        }
    }

    private sealed class StubbornSource : IPolicySource, IPolicyCache
    {
        private readonly TaskCompletionSource _asked = new();
        private int _reads;

        public Task Asked => _asked.Task;

        public int Reads => Volatile.Read(ref _reads);

        public Task<PolicyDownload?> ReadAsync(string? knownStamp, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _reads);
            _asked.TrySetResult();
            return new TaskCompletionSource<PolicyDownload?>().Task; // no cancellation reaches it
        }

        public Task KeepAsync(string stamp, IReadOnlyList<PolicyDocument> documents, CancellationToken cancellation) => Task.CompletedTask;

        public Task<PolicyDownload?> FindAsync(string stamp, CancellationToken cancellation) => Task.FromResult<PolicyDownload?>(null);
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
