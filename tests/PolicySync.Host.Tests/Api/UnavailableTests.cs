using System.Net;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Errors;
using PolicySync.Host.Api;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class UnavailableTests
{
    [Theory]
    [InlineData(SyncErrorCode.Unavailable)]
    [InlineData(SyncErrorCode.Throttled)]
    public async Task Storage_that_refuses_is_503_with_a_time_to_come_again(SyncErrorCode code)
    {
        await using var host = await TestHost.StartAsync();
        host.Store.Before = () => throw new SyncException(code, "connection string AccountKey=secret") { RetryAfter = TimeSpan.FromSeconds(6.2) };

        foreach (var answer in new[]
                 {
                     await host.Client.PostAsync(Send.Table),
                     await host.Client.GetAsync($"{Send.Tasks}/123"),
                     await host.Client.GetAsync($"{Send.Tasks}/123/resources"),
                     await host.Client.GetAsync(Send.Tasks),
                 })
        {
            var problem = await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable);
            Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter?.Delta);
            Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.Ordinal);
            answer.Dispose();
        }
    }

    [Fact]
    public async Task Storage_that_does_not_answer_within_10_seconds_is_503()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(time: time);
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        host.Store.Before = () =>
        {
            asked.SetResult();
            return never.Task;
        };

        var waiting = host.Client.PostAsync(Send.Table);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        time.Advance(StorageDeadline.Limit - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        // The endpoint sets its timer after it has called the store; a few steps make sure that it is past that.
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10);
        }

        using var answer = await waiting;
        await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(answer.Headers.RetryAfter?.Delta);
        never.SetResult();
    }

    [Fact]
    public async Task A_defect_is_500_and_tells_only_the_log()
    {
        await using var host = await TestHost.StartAsync();
        host.Store.Before = () => throw new InvalidOperationException("the inside of it");

        using var answer = await host.Client.GetAsync($"{Send.Tasks}/123");

        var problem = await answer.ProblemAsync(HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("inside", problem.GetRawText(), StringComparison.Ordinal);
        Assert.Contains(host.Log.All, line => line.Contains("the inside of it", StringComparison.Ordinal));
    }
}
