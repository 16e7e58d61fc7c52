using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PolicySync.Core.Errors;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>What a stream may cost, and when it ends before its task.</summary>
public sealed class TaskEventsEndTests : EventStreamTest
{
    [Fact]
    public async Task A_subject_has_a_limited_number_of_streams_and_gets_its_place_back()
    {
        var task = await TaskAsync(results: 0);
        var first = await EventReader.OpenAsync(Host.Client, task.Id.ToString());
        await using var second = await EventReader.OpenAsync(Host.Client, task.Id.ToString());

        using var third = await Host.Client.GetAsync($"{Send.Tasks}/{task.Id}/events");
        using var other = Host.ClientWith(Host.Signer.Token(claims => claims["sub"] = "another"));
        await using var others = await EventReader.OpenAsync(other, task.Id.ToString());

        var problem = await third.ProblemAsync(HttpStatusCode.TooManyRequests);
        Assert.Equal("TOO_MANY_STREAMS", problem.GetProperty("code").GetString());
        Assert.NotNull(third.Headers.RetryAfter);
        await first.DisposeAsync();
        await UntilAsync(async () =>
        {
            using var again = await Host.Client.GetAsync($"{Send.Tasks}/{task.Id}/events", HttpCompletionOption.ResponseHeadersRead);
            return again.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_cut_off()
    {
        var task = await TaskAsync(results: 1_000, message: new string('x', 4_000));
        using var first = await EventReader.OpenUnreadAsync(Host.Client, task.Id.ToString());
        using var second = await EventReader.OpenUnreadAsync(Host.Client, task.Id.ToString());

        await UntilAsync(async () =>
        {
            using var third = await Host.Client.GetAsync($"{Send.Tasks}/{task.Id}/events", HttpCompletionOption.ResponseHeadersRead);
            return third.StatusCode == HttpStatusCode.OK;
        });
        await Assert.ThrowsAnyAsync<IOException>(async () => await (await first.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task A_stream_ends_with_its_token()
    {
        var task = await TaskAsync(results: 0);
        var end = DateTimeOffset.UtcNow.AddMinutes(2);
        using var client = Host.ClientWith(Host.Signer.Token(claims => claims["exp"] = end.ToUnixTimeSeconds()));
        await using var stream = await EventReader.OpenAsync(client, task.Id.ToString());

        Assert.Equal(["status", "progress"], (await stream.RestAsync()).Select(one => one.Name));
        Assert.InRange(Time.GetUtcNow(), end, end.AddMinutes(2));
    }

    [Fact]
    public async Task A_stream_ends_when_the_key_of_its_token_is_removed()
    {
        var task = await TaskAsync(results: 0);
        await using var stream = await EventReader.OpenAsync(Host.Client, task.Id.ToString());
        await stream.NextAsync();
        using var other = Signer.P256();
        var removed = Time.GetUtcNow();
        await File.WriteAllTextAsync(Host.KeyFile, other.PublicPem);

        await stream.RestAsync();

        Assert.InRange((Time.GetUtcNow() - removed).TotalSeconds, 0, 60);
    }

    [Fact]
    public async Task A_stream_ends_without_an_ended_status_when_the_process_stops()
    {
        var task = await TaskAsync(results: 1);
        await using var stream = await EventReader.OpenAsync(Host.Client, task.Id.ToString());
        await stream.NextAsync();

        Host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.DoesNotContain(await stream.RestAsync(), one => one.Name == "status");
    }

    [Fact]
    public async Task A_stream_reads_storage_at_most_once_a_second()
    {
        var task = await TaskAsync(results: 3);
        var reads = new List<DateTimeOffset>();
        Host.Store.Before = () =>
        {
            lock (reads)
            {
                reads.Add(Time.GetUtcNow());
            }

            return Task.CompletedTask;
        };
        await using var stream = await EventReader.OpenAsync(Host.Client, task.Id.ToString());
        for (var n = 0; n < 5; n++)
        {
            await stream.NextAsync();
        }

        await UntilAsync(() => Task.FromResult(reads.Count > 20));
        lock (reads)
        {
            Assert.All(reads.Zip(reads.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 0.999, 10));
        }
    }

    [Fact]
    public async Task A_stream_outlives_storage_that_does_not_answer()
    {
        var task = await TaskAsync(results: 1);
        var failed = 0;
        await using var stream = await EventReader.OpenAsync(Host.Client, task.Id.ToString());
        await stream.NextAsync();
        Host.Store.Before = () => ++failed <= 3
            ? throw new SyncException(SyncErrorCode.Unavailable, "the store is away")
            : Task.CompletedTask;
        await EndAsync(task, results: 1);

        Assert.Equal("SUCCESS", (await stream.RestAsync())[^1].Status);
        Assert.True(failed > 3);
    }
}
