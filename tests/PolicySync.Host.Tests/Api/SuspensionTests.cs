using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Suspensions;
using PolicySync.Host.Api.Suspensions;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

public sealed class SuspensionTests : IAsyncLifetime
{
    private const string Suspensions = "/policysync/api/v1/suspensions";

    private TestHost _host = null!;
    private HttpClient _operators = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(time: new HurriedTime());
        _operators = _host.ClientOf("policysync.ops", "policysync.read");
    }

    public async Task DisposeAsync()
    {
        _operators.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task What_is_set_is_listed_until_it_is_deleted()
    {
        var end = DateTimeOffset.UtcNow.AddHours(1);
        using var set = await _operators.SuspendAsync($"{Suspensions}/MAIN.s%3Fles", $$"""{"reason":"an audit","endTime":"{{end:O}}"}""");
        var suspension = await set.JsonAsync();
        Assert.Equal(("main.s?les", "an audit", "tester"), (Text(suspension, "pattern"), Text(suspension, "reason"), Text(suspension, "createdBy")));
        Assert.Equal(end, suspension.GetProperty("endTime").GetDateTimeOffset());

        Assert.Equal(suspension.GetRawText(), Assert.Single(await ListAsync(_operators)).GetRawText());
        Assert.Contains(_host.Log.All, line => line.Contains("Suspended main.s?les until", StringComparison.Ordinal) && line.Contains("set by tester: an audit", StringComparison.Ordinal));

        using var deleted = await _operators.DeleteAsync($"{Suspensions}/main.S%3FLES");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Empty(await ListAsync(_operators));
        Assert.Contains(_host.Log.All, line => line.Contains("Deleted the suspension of main.s?les, requested by tester", StringComparison.Ordinal));
        using var again = await _operators.DeleteAsync($"{Suspensions}/main.s%3Fles");
        await again.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_suspension_of_the_same_pattern_is_replaced()
    {
        await SetAsync("main", "the first");
        await SetAsync("Main", "the second");

        Assert.Equal("the second", Text(Assert.Single(await ListAsync(_operators)), "reason"));
    }

    [Fact]
    public async Task The_list_comes_in_pages_the_last_one_set_first()
    {
        foreach (var pattern in new[] { "a", "b", "c", "d", "e" })
        {
            await SetAsync(pattern, "x");
        }

        var (seen, token) = (new List<string?>(), "");
        do
        {
            using var answer = await _operators.GetAsync($"{Suspensions}?pageSize=2&pageToken={token}");
            var page = await answer.JsonAsync();
            seen.AddRange(page.GetProperty("suspensions").EnumerateArray().Select(suspension => Text(suspension, "pattern")));
            token = page.TryGetProperty("nextPageToken", out var next) ? next.GetString()! : "";
        }
        while (token.Length > 0);

        Assert.Equal(["e", "d", "c", "b", "a"], seen);
    }

    [Fact]
    public async Task Only_the_scope_of_operators_sets_and_deletes()
    {
        await SetAsync("main", "x");
        foreach (var client in new[] { _host.Client, _host.ClientOf("policysync.tasks"), _host.ClientOf("policysync.read") })
        {
            using var set = await client.SuspendAsync($"{Suspensions}/other");
            await set.ProblemAsync(HttpStatusCode.Forbidden);
            using var deleted = await client.DeleteAsync($"{Suspensions}/main");
            await deleted.ProblemAsync(HttpStatusCode.Forbidden);
            Assert.Single(await ListAsync(client));
        }

        using var listed = await _host.ClientOf("policysync.ops").GetAsync(Suspensions);
        await listed.ProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_token_for_some_securables_sees_and_changes_only_what_is_in_them()
    {
        await SetAsync("main", "x");
        await SetAsync("main.sales.*", "x");
        using var limited = _host.ClientWith(_host.Signer.Token(claims =>
        {
            claims["scope"] = "policysync.ops policysync.read";
            claims["policysync.securables"] = "main.sales main.hr.t*";
        }));

        Assert.Equal(["main.sales.*"], (await ListAsync(limited)).Select(suspension => Text(suspension, "pattern")));
        foreach (var (pattern, status) in new[]
        {
            ("main.SALES.orders", HttpStatusCode.OK), ("main.hr.table1", HttpStatusCode.OK), ("main.hr.t*", HttpStatusCode.OK),
            ("main", HttpStatusCode.Forbidden), ("main.s*", HttpStatusCode.Forbidden), ("main.hr.*", HttpStatusCode.Forbidden), ("*.sales", HttpStatusCode.Forbidden),
        })
        {
            using var set = await limited.SuspendAsync($"{Suspensions}/{pattern}");
            Assert.True(set.StatusCode == status, pattern);
        }

        using var hidden = await limited.DeleteAsync($"{Suspensions}/main");
        await hidden.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("main", """{"reason":"x"}""", "/endTime")]
    [InlineData("main", """{"reason":" ","endTime":"2999-01-01T00:00:00Z"}""", "/reason", "/endTime")]
    [InlineData("main", """{"reason":"a\nb","endTime":"2020-01-01T00:00:00Z"}""", "/reason", "/endTime")]
    [InlineData("main", """{"reason":7,"endTime":"tomorrow"}""", "/reason", "/endTime")]
    [InlineData("main", """{"reason":"x","endtime":"2026-12-24T00:00:00Z"}""", "/endtime", "/endTime")]
    [InlineData("a.b.c.d", "[]", "pattern", "")]
    [InlineData("a..b", "{", "pattern", "")]
    [InlineData("a%20b", "{}", "pattern", "/reason", "/endTime")]
    [InlineData("a%09b", "{}", "pattern", "/reason", "/endTime")]
    public async Task Every_fault_is_named_with_its_place(string pattern, string body, params string[] places)
    {
        using var answer = await _operators.SuspendAsync($"{Suspensions}/{pattern}", body);

        Assert.Equal(places.Order(StringComparer.Ordinal), (await answer.ProblemAsync(HttpStatusCode.BadRequest)).Pointers().Order(StringComparer.Ordinal));
        Assert.Empty(await ListAsync(_operators));
    }

    [Fact]
    public async Task A_reason_and_a_pattern_have_a_longest_length()
    {
        using var reason = await _operators.SuspendAsync($"{Suspensions}/main", Body(new string('x', 501)));
        Assert.Equal(["/reason"], (await reason.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
        using var pattern = await _operators.SuspendAsync($"{Suspensions}/{new string('x', 768)}", Body("x"));
        Assert.Equal(["pattern"], (await pattern.ProblemAsync(HttpStatusCode.BadRequest)).Pointers());
        using var longest = await _operators.SuspendAsync($"{Suspensions}/{new string('x', 767)}", Body(new string('x', 500)));
        Assert.Equal(HttpStatusCode.OK, longest.StatusCode);
    }

    [Fact]
    public async Task The_answer_comes_only_after_every_list_by_which_a_silo_writes_has_the_suspension()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var host = await TestHost.StartAsync(time: clock);
        using var operators = host.ClientOf("policysync.ops", "policysync.read");

        var answer = operators.SuspendAsync($"{Suspensions}/main", Body("x", clock.GetUtcNow()));
        await Wait.ForAsync(() => ListAsync(operators), list => list.Count == 1, TimeSpan.FromSeconds(30), _ => "the suspension is not stored");
        clock.Advance(ISuspensions.MaxAge);
        await ListAsync(operators);
        Assert.False(answer.IsCompleted);

        await Wait.ForAsync(
            () =>
            {
                clock.Advance(SuspensionEndpoints.TakesEffectIn);
                return Task.FromResult(answer.IsCompleted);
            }, answered => answered, TimeSpan.FromSeconds(30), _ => "there is no answer");
        Assert.Equal(HttpStatusCode.OK, (await answer).StatusCode);

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await ListAsync(operators)); // it has ended
    }

    private static string Body(string reason, DateTimeOffset? now = null) =>
        $$"""{"reason":"{{reason}}","endTime":"{{(now ?? DateTimeOffset.UtcNow).AddMinutes(30):O}}"}""";

    private async Task SetAsync(string pattern, string reason)
    {
        using var answer = await _operators.SuspendAsync($"{Suspensions}/{pattern}", Body(reason));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<List<JsonElement>> ListAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(Suspensions);
        return [.. (await answer.JsonAsync()).GetProperty("suspensions").EnumerateArray()];
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
