using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.Workspaces;

public sealed class RepeatingReads : IDisposable
{
    private static readonly Securable Table = Securable.Table("a", "b", "c");

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_read_is_repeated_after_a_transient_status(int status)
    {
        _world.Workspace.ThenError(status).ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await PauseAsync();

        Assert.Equal("t", (await read).Identity);
        Assert.Equal(2, _world.Meter.Calls);
    }

    [Theory]
    [InlineData(HttpRequestError.ResponseEnded)]
    [InlineData(HttpRequestError.ConnectionError)]
    public async Task A_read_is_repeated_after_a_lost_connection(HttpRequestError error)
    {
        _world.Workspace.ThenThrow(new HttpRequestException(error, "lost")).ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await PauseAsync();

        Assert.Equal("t", (await read).Identity);
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_of_a_body_is_overcome()
    {
        _world.Workspace
            .Then(new HttpResponseMessage { Content = new StreamContent(new BreakingStream(new IOException("connection reset by peer"))) })
            .ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await PauseAsync();

        Assert.Equal("t", (await read).Identity);
    }

    [Fact]
    public async Task A_body_that_does_not_decompress_is_overcome()
    {
        _world.Workspace
            .Then(new HttpResponseMessage { Content = new StreamContent(new BreakingStream(new InvalidDataException("bad gzip"))) })
            .ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await PauseAsync();

        Assert.Equal("t", (await read).Identity);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_is_given_up_and_repeated()
    {
        _world.Workspace.ThenSilence().ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await _world.Time.PassAsync(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20));
        await PauseAsync();

        Assert.Equal("t", (await read).Identity);
    }

    [Fact]
    public async Task After_three_repetitions_the_fault_goes_up()
    {
        _world.Workspace.ThenError(503).ThenError(503).ThenError(503).ThenError(503, "down");

        var read = World.FailureOf(ReadAsync);
        await PauseAsync();
        await PauseAsync();
        await PauseAsync();
        var failure = await read;

        Assert.Equal(SyncErrorCode.Unavailable, failure.Code);
        Assert.EndsWith(": down", failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, _world.Meter.Calls);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(501)]
    public async Task A_read_is_not_repeated_after_a_permanent_error(int status)
    {
        _world.Workspace.ThenError(status, """{"error_code":"SOMETHING_ELSE","message":"m"}""");

        await World.FailureOf(ReadAsync);

        Assert.Single(_world.Workspace.Seen);
    }

    [Theory]
    [InlineData(429, "QUOTA_EXCEEDED", SyncErrorCode.InvalidPlan)]
    [InlineData(429, "RESOURCE_LIMIT_EXCEEDED", SyncErrorCode.InvalidPlan)]
    [InlineData(503, "FEATURE_DISABLED", SyncErrorCode.InvalidPlan)]
    [InlineData(500, "PERMISSION_DENIED", SyncErrorCode.PermissionDenied)]
    public async Task A_permanent_error_code_overrides_a_transient_status(int status, string word, SyncErrorCode code)
    {
        _world.Workspace.ThenError(status, $$"""{"error_code":"{{word}}","message":"m"}""");

        Assert.Equal(code, (await World.FailureOf(ReadAsync)).Code);
        Assert.Single(_world.Workspace.Seen);
    }

    [Fact]
    public async Task The_server_is_given_the_seconds_that_it_asks_for()
    {
        _world.Workspace.Then(Throttled("7")).ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await _world.Time.PassAsync(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7.2));

        Assert.Equal("t", (await read).Identity);
    }

    [Fact]
    public async Task The_server_is_given_the_time_until_the_date_that_it_names()
    {
        _world.Workspace
            .Then((_, _) => Task.FromResult(Throttled(_world.Time.GetUtcNow().AddSeconds(9).ToString("r"))))
            .ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await _world.Time.PassAsync(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9.2));

        Assert.Equal("t", (await read).Identity);
    }

    [Fact]
    public async Task A_date_in_the_past_asks_for_no_pause()
    {
        _world.Workspace
            .Then((_, _) => Task.FromResult(Throttled(_world.Time.GetUtcNow().AddHours(-1).ToString("r"))))
            .ThenJson("""{"full_name":"a.b.c"}""");

        var read = ReadAsync();
        await _world.Time.PassAsync(TimeSpan.Zero, TimeSpan.FromSeconds(0.2));

        await read;
    }

    [Fact]
    public async Task A_pause_longer_than_is_waited_for_goes_up_with_the_fault()
    {
        _world.Workspace.Then(Throttled("21"));

        var failure = await World.FailureOf(ReadAsync);

        Assert.Equal((SyncErrorCode.Throttled, TimeSpan.FromSeconds(21)), (failure.Code, failure.RetryAfter));
        Assert.Single(_world.Workspace.Seen);
    }

    [Fact]
    public async Task Pauses_add_up_to_no_more_than_twenty_seconds()
    {
        _world.Workspace.Then(Throttled("9")).Then(Throttled("9")).Then(Throttled("9"));

        var read = World.FailureOf(ReadAsync);
        await _world.Time.PassAsync(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9.2));
        await _world.Time.PassAsync(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(9.3));

        Assert.Equal(TimeSpan.FromSeconds(9), (await read).RetryAfter);
        Assert.Equal(3, _world.Workspace.Seen.Count);
    }

    [Fact]
    public async Task A_retry_delay_in_the_body_is_passed_on()
    {
        _world.Workspace.Otherwise = _ => StubWorkspace.Answer(
            429, """{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retry_delay":"1.5s"}]}""");

        var read = World.FailureOf(ReadAsync);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await _world.Time.PassAsync(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(2));
        }

        Assert.Equal(TimeSpan.FromSeconds(1.5), (await read).RetryAfter);
    }

    [Fact]
    public async Task The_server_is_given_the_time_that_its_error_asks_for_where_no_header_does()
    {
        _world.Workspace.Then(Throttling(null)).ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await _world.Time.PassAsync(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7.2));

        Assert.Equal("t", (await read).Identity);
    }

    [Fact]
    public async Task A_header_goes_before_what_the_error_asks_for()
    {
        _world.Workspace.Then(Throttling("3")).ThenJson("""{"full_name":"a.b.c","table_id":"t"}""");

        var read = ReadAsync();
        await _world.Time.PassAsync(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.2));

        Assert.Equal("t", (await read).Identity);
    }

    /// <summary>Who failed together would otherwise fail together again.</summary>
    [Fact]
    public async Task Calls_that_failed_together_come_back_apart()
    {
        _world.Workspace.Otherwise = _ => _world.Workspace.Seen.Count <= 8 ? StubWorkspace.Answer(503, "") : StubWorkspace.Json("""{"full_name":"a.b.c"}""");

        var reads = Enumerable.Range(0, 8).Select(_ => _world.Catalog.GetAsync(Table, new CallMeter(), default)).ToList();
        var pauses = new List<TimeSpan>();
        foreach (var _ in reads)
        {
            pauses.Add(await _world.Time.ArmedAsync(TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(0.5)));
        }

        _world.Time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(reads);

        Assert.InRange(pauses.Distinct().Count(), 7, 8);
    }

    [Fact]
    public async Task Cancellation_by_the_caller_stays_cancellation()
    {
        using var cancellation = new CancellationTokenSource();
        _world.Workspace.Then(async (_, inner) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, inner);
            return StubWorkspace.Json("""{"full_name":"a.b.c"}""");
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _world.Catalog.GetAsync(Table, _world.Meter, cancellation.Token));

        Assert.Single(_world.Workspace.Seen);
    }

    /// <summary>An error that asks for seven seconds, and perhaps a header that asks for others.</summary>
    private static HttpResponseMessage Throttling(string? retryAfter)
    {
        var answer = StubWorkspace.Answer(
            429, """{"error_code":"REQUEST_LIMIT_EXCEEDED","message":"m","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retry_delay":"7s"}]}""");
        if (retryAfter is not null)
        {
            answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        }

        return answer;
    }

    private static HttpResponseMessage Throttled(string retryAfter)
    {
        var answer = StubWorkspace.Answer(429, "");
        answer.Headers.TryAddWithoutValidation("Retry-After", retryAfter);
        return answer;
    }

    private Task<SecurableFacts> ReadAsync() => _world.Catalog.GetAsync(Table, _world.Meter, default);

    private Task PauseAsync() => _world.Time.PassAsync(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(4));

    private sealed class BreakingStream(Exception e) : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw e;

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => throw e;
    }
}
