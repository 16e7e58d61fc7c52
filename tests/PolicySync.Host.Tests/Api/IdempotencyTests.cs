using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;
using PolicySync.Grains.SyncTasks;
using PolicySync.Host.Storage;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>A request that is sent twice with one key is one task.</summary>
public sealed class IdempotencyTests : IAsyncLifetime
{
    private const string Schema = """{"type":"RESOURCE_SYNC","requestInfo":{"resources":[{"type":"schema","values":{"catalog":"main","schema":"sales"}}]}}""";

    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_same_key_and_request_are_one_task_and_the_answer_says_that_it_existed()
    {
        using var first = await PostAsync(Send.Table, ("Idempotency-Key", "k1"));
        using var second = await PostAsync(Send.Table, ("Idempotency-Key", "k1"));

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal(["true"], second.Headers.GetValues("Idempotent-Replayed"));
        Assert.Equal(1, _host.Store.Accepted);
    }

    [Theory]
    [InlineData("Idempotency-Key", "\"k1\"", "Idempotency-Key", "k1")]
    [InlineData("Idempotency-Key", "k1", "Repeatability-Request-ID", "k1")]
    [InlineData("idempotency-key", "K", "Repeatability-Request-Id", "K")]
    public async Task Either_header_names_the_key_with_or_without_quotes(string name, string value, string otherName, string otherValue)
    {
        using var first = await PostAsync(Send.Table, (name, value));
        using var second = await PostAsync(Send.Table, (otherName, otherValue));

        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Fact]
    public async Task White_space_and_the_order_of_members_make_no_other_request()
    {
        using var first = await PostAsync(Send.Table, ("Idempotency-Key", "k1"));
        using var second = await PostAsync(
            """
            { "requestInfo": { "resources": [ { "values": { "table": "customers", "schema": "sales", "catalog": "main" }, "type": "table" } ] }, "type": "RESOURCE_SYNC" }
            """, ("Idempotency-Key", "k1"));

        Assert.Equal(first.Headers.Location, second.Headers.Location);
    }

    [Theory]
    [InlineData(Schema)]
    [InlineData("""{"type":"VERIFY","requestInfo":{"resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]}}""")]
    [InlineData("""{"type":"RESOURCE_SYNC","requestInfo":{"dryRun":true,"resources":[{"type":"table","values":{"catalog":"main","schema":"sales","table":"customers"}}]}}""")]
    public async Task Another_request_with_the_key_is_422_and_makes_no_task(string other)
    {
        using var first = await PostAsync(Send.Table, ("Idempotency-Key", "k1"));
        using var second = await PostAsync(other, ("Idempotency-Key", "k1"));

        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (await second.ProblemAsync(HttpStatusCode.UnprocessableEntity)).GetProperty("code").GetString());
        Assert.Equal(1, _host.Store.Accepted);
    }

    [Fact]
    public async Task Keys_of_different_subjects_and_requests_without_a_key_are_tasks_of_their_own()
    {
        using var other = _host.ClientWith(_host.Signer.Token(claims => claims["sub"] = "other"));
        using var first = await PostAsync(Send.Table, ("Idempotency-Key", "k1"));
        using var second = await PostAsync(Send.Table, other, ("Idempotency-Key", "k1"));
        using var third = await PostAsync(Send.Table);
        using var fourth = await PostAsync(Send.Table);

        Assert.Equal(4, new[] { first, second, third, fourth }.Select(answer => answer.Headers.Location).Distinct().Count());
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("two words")]
    [InlineData("k\u00e9y")]
    public async Task A_key_of_a_wrong_form_is_400_with_its_header(string key)
    {
        using var answer = await PostAsync(Send.Table, ("Idempotency-Key", key));

        var fault = Assert.Single((await answer.ProblemAsync(HttpStatusCode.BadRequest)).GetProperty("errors").EnumerateArray());
        Assert.Equal("Idempotency-Key", fault.GetProperty("header").GetString());
        Assert.Equal(0, _host.Store.Accepted);
    }

    [Fact]
    public async Task A_key_that_is_too_long_and_two_keys_that_differ_are_400()
    {
        using var tooLong = await PostAsync(Send.Table, ("Idempotency-Key", new string('k', 256)));
        using var longest = await PostAsync(Send.Table, ("Idempotency-Key", new string('k', 255)));
        using var differ = await PostAsync(Send.Table, ("Idempotency-Key", "a"), ("Repeatability-Request-ID", "b"));

        await tooLong.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.Accepted, longest.StatusCode);
        await differ.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_request_whose_task_could_not_be_stored_makes_it_when_it_is_repeated()
    {
        _host.Store.Before = () => throw new SyncException(SyncErrorCode.Unavailable, "away");
        using var refused = await PostAsync(Send.Table, ("Idempotency-Key", "k1"));
        _host.Store.Before = () => Task.CompletedTask;
        using var first = await PostAsync(Send.Table, ("Idempotency-Key", "k1"));
        using var second = await PostAsync(Send.Table, ("Idempotency-Key", "k1"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(1, _host.Store.Accepted);
    }

    [Fact]
    public async Task A_thousand_requests_at_once_are_one_task()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => PostAsync(Send.Table, ("Idempotency-Key", "k1"))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode));
        Assert.Single(answers.Select(answer => answer.Headers.Location).Distinct());
        Assert.Equal(1, _host.Store.Accepted);
        Assert.Single(answers, answer => !answer.Headers.Contains("Idempotent-Replayed"));
    }

    [Fact]
    public async Task The_task_of_another_process_with_the_claimed_id_is_not_taken_for_its_own()
    {
        // The same seed and a stopped clock: the first id of the keyed tasks is that of a task without a key.
        var time = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-01T12:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        var store = new TestStore(time);
        var chance = new Random(3);
        var taken = new TaskIdSource(time, chance).Next(chance.Next(TaskId.Lanes));
        await store.AcceptAsync(taken, TestStore.Request, default);
        var keyed = new KeyedTasks(
            new TaskGateway(store, SilentGrains.Create(), time, NullLogger<TaskGateway>.Instance), store,
            new MemoryTaskKeys(time, Options.Create(new TasksOptions())), time, new Random(3));
        var key = TaskKey.OfCaller("ann", "k1", TestStore.Request);

        var (first, outcome) = await keyed.AcceptAsync(TestStore.Request, key, default);
        var (second, repeated) = await keyed.AcceptAsync(TestStore.Request, key, default);

        Assert.Equal((KeyedOutcome.Accepted, KeyedOutcome.Repeated), (outcome, repeated));
        Assert.NotEqual(taken, first!.Id);
        Assert.Equal(first.Id, second!.Id);
    }

    private Task<HttpResponseMessage> PostAsync(string body, params (string Name, string Value)[] headers) => PostAsync(body, _host.Client, headers);

    private static async Task<HttpResponseMessage> PostAsync(string body, HttpClient client, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Send.Task);
        request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }
}
