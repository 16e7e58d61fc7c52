using Microsoft.Extensions.Logging;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Operations;

public sealed class LogTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(LogLevel.Trace)]
    public async Task No_token_and_no_secret_is_ever_logged(LogLevel? level)
    {
        await using var host = await TestHost.StartAsync(level: level);
        using var stranger = Signer.P256();
        string[] tokens = [host.Signer.Token(), stranger.Token(), host.Signer.Token(claims => claims["exp"] = 1), host.Signer.Token(claims => claims["scope"] = "x")];
        foreach (var token in tokens)
        {
            using var client = host.ClientWith(token);
            using var accepted = await client.PostAsync(Send.Table);
            using var refused = await client.PostAsync("{");
            using var missing = await client.GetAsync($"{Send.Tasks}/1");
            host.Store.Before = () => throw new InvalidOperationException("a defect");
            using var broken = await client.GetAsync($"{Send.Tasks}/1");
            host.Store.Before = () => Task.CompletedTask;
        }

        Assert.NotEmpty(host.Log.All);
        foreach (var line in host.Log.All)
        {
            Assert.DoesNotContain("dapi-not-to-be-seen", line, StringComparison.Ordinal);
            Assert.All(tokens, token =>
            {
                Assert.DoesNotContain(token, line, StringComparison.Ordinal);
                Assert.DoesNotContain(token.Split('.')[2], line, StringComparison.Ordinal);
            });
        }
    }

    [Fact]
    public async Task An_accepted_task_is_logged_with_its_id_as_a_scope()
    {
        await using var host = await TestHost.StartAsync();

        using var answer = await host.Client.PostAsync(Send.Table);

        var id = (await answer.JsonAsync()).GetProperty("taskId").GetString();
        var line = Assert.Single(host.Log.All, line => line.Contains("Accepted task", StringComparison.Ordinal));
        Assert.Contains($"[TaskId, {id}]", line, StringComparison.Ordinal);
        Assert.Contains("tester", line, StringComparison.Ordinal);
    }
}
