using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests.UnityCatalog;

public sealed class ChangingPermissions : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly Securable Table = Securable.Table("main", "sales", "50%");
    private static readonly PermissionChange[] SomeChange = [new("ann@x.io", null, ["SELECT"], [])];

    private readonly World _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task One_patch_carries_all_changes_and_leaves_out_what_is_empty()
    {
        _world.Workspace.ThenJson("""{"privilege_assignments":[{"principal":"x","privileges":["Y"]}]}""");

        await UpdateAsync(
        [
            new("ann@x.io", null, ["SELECT", "MODIFY"], []),
            new("analysts", 9, ["SELECT"], ["MODIFY"]),
            new("", 41, [], ["SELECT"]),
        ]);

        Assert.Equal("PATCH /api/2.1/unity-catalog/permissions/table/main.sales.50%25", _world.Workspace.Only.Line);
        Assert.Equal("application/json", _world.Workspace.Only.ContentType);
        Assert.Equal(
            """{"changes":[{"principal":"ann@x.io","add":["SELECT","MODIFY"]},{"principal":"analysts","add":["SELECT"],"remove":["MODIFY"]},{"principal_id":41,"remove":["SELECT"]}]}""",
            _world.Workspace.Only.Body);
        Assert.Equal(1, _world.Meter.Calls);
    }

    [Fact]
    public async Task A_model_is_changed_under_function()
    {
        _world.Workspace.ThenJson("{}");

        await _world.Catalog.UpdatePermissionsAsync(
            Securable.Parse(SecurableType.Model, "main.ml.churn"), SomeChange, Timeout, _world.Meter, default);

        Assert.Equal("PATCH /api/2.1/unity-catalog/permissions/function/main.ml.churn", _world.Workspace.Only.Line);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(499)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task A_server_fault_leaves_open_whether_the_change_was_made(int status)
    {
        _world.Workspace.ThenError(status, """{"error_code":"TEMPORARILY_UNAVAILABLE","message":"try later"}""");

        var failure = await World.FailureOf(() => UpdateAsync(SomeChange));

        Assert.Equal((SyncErrorCode.Unavailable, true), (failure.Code, failure.OutcomeUnknown));
        Assert.Single(_world.Workspace.Seen);
    }

    [Theory]
    [InlineData(400, "INVALID_PARAMETER_VALUE", SyncErrorCode.InvalidPlan)]
    [InlineData(401, "UNAUTHENTICATED", SyncErrorCode.CredentialsRefused)]
    [InlineData(403, "PERMISSION_DENIED", SyncErrorCode.PermissionDenied)]
    [InlineData(404, "TABLE_DOES_NOT_EXIST", SyncErrorCode.SecurableNotFound)]
    [InlineData(409, "RESOURCE_CONFLICT", SyncErrorCode.Unavailable)]
    [InlineData(429, "REQUEST_LIMIT_EXCEEDED", SyncErrorCode.Throttled)]
    [InlineData(500, "REQUEST_LIMIT_EXCEEDED", SyncErrorCode.Throttled)]
    public async Task A_write_that_was_refused_has_a_known_outcome(int status, string word, SyncErrorCode code)
    {
        _world.Workspace.ThenError(status, $$"""{"error_code":"{{word}}","message":"no"}""");

        var failure = await World.FailureOf(() => UpdateAsync(SomeChange));

        Assert.Equal((code, false, word), (failure.Code, failure.OutcomeUnknown, failure.ServerCode));
        Assert.Single(_world.Workspace.Seen);
    }

    [Fact]
    public async Task A_throttled_write_says_when_to_come_back_and_is_not_repeated()
    {
        var answer = StubWorkspace.Answer(429, "");
        answer.Headers.Add("Retry-After", "7");
        _world.Workspace.Then(answer);

        var failure = await World.FailureOf(() => UpdateAsync(SomeChange));

        Assert.Equal((SyncErrorCode.Throttled, TimeSpan.FromSeconds(7)), (failure.Code, failure.RetryAfter));
        Assert.Single(_world.Workspace.Seen);
    }

    [Fact]
    public async Task A_write_without_an_answer_ends_at_its_time_out_with_an_unknown_outcome()
    {
        _world.Workspace.ThenSilence();

        var update = World.FailureOf(() => UpdateAsync(SomeChange));
        await _world.Time.PassAsync(Timeout, Timeout);
        var failure = await update;

        Assert.Equal((SyncErrorCode.Unavailable, true), (failure.Code, failure.OutcomeUnknown));
        Assert.Single(_world.Workspace.Seen);
    }

    [Fact]
    public async Task A_write_cancelled_on_its_way_has_an_unknown_outcome()
    {
        using var cancellation = new CancellationTokenSource();
        _world.Workspace.Then(async (_, inner) =>
        {
            await cancellation.CancelAsync();
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, inner);
            return StubWorkspace.Json("{}");
        });

        var failure = await World.FailureOf(() => _world.Catalog.UpdatePermissionsAsync(Table, SomeChange, Timeout, _world.Meter, cancellation.Token));

        Assert.True(failure.OutcomeUnknown);
    }

    [Fact]
    public async Task A_write_cancelled_before_it_was_sent_is_just_cancelled()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _world.Catalog.UpdatePermissionsAsync(Table, SomeChange, Timeout, _world.Meter, new CancellationToken(canceled: true)));

        Assert.Empty(_world.Workspace.Seen);
    }

    [Fact]
    public async Task A_reset_connection_leaves_the_outcome_open()
    {
        _world.Workspace.ThenThrow(new HttpRequestException(HttpRequestError.ResponseEnded, "the response ended"));

        var failure = await World.FailureOf(() => UpdateAsync(SomeChange));

        Assert.Equal((SyncErrorCode.Unavailable, true), (failure.Code, failure.OutcomeUnknown));
        Assert.Single(_world.Workspace.Seen);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError)]
    [InlineData(HttpRequestError.NameResolutionError)]
    [InlineData(HttpRequestError.SecureConnectionError)]
    public async Task A_connection_that_never_came_about_made_no_change(HttpRequestError error)
    {
        _world.Workspace.ThenThrow(new HttpRequestException(error, "refused"));

        var failure = await World.FailureOf(() => UpdateAsync(SomeChange));

        Assert.Equal((SyncErrorCode.Unavailable, false), (failure.Code, failure.OutcomeUnknown));
    }

    [Fact]
    public async Task A_connection_that_took_too_long_made_no_change_and_is_no_cancellation()
    {
        _world.Workspace.ThenThrow(new TaskCanceledException("connect timed out", new TimeoutException()));

        var failure = await World.FailureOf(() => UpdateAsync(SomeChange));

        Assert.Equal((SyncErrorCode.Unavailable, false), (failure.Code, failure.OutcomeUnknown));
    }

    [Fact]
    public async Task A_write_that_never_got_its_turn_made_no_change()
    {
        using var world = new World(options => options.MaxConcurrency = 1);
        world.Workspace.ThenSilence();
        using var holding = new CancellationTokenSource();
        var holder = world.Catalog.GetAsync(Table, new CallMeter(), holding.Token);

        var update = World.FailureOf(() => world.Catalog.UpdatePermissionsAsync(Table, SomeChange, Timeout, world.Meter, default));
        await world.Time.PassAsync(Timeout, Timeout);
        var failure = await update;

        Assert.Equal((SyncErrorCode.Throttled, false, 0), (failure.Code, failure.OutcomeUnknown, world.Meter.Calls));
        Assert.DoesNotContain(world.Workspace.Seen, request => request.Method == HttpMethod.Patch);
        await holding.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => holder);
    }

    [Fact]
    public async Task A_page_in_place_of_an_answer_leaves_the_outcome_open()
    {
        _world.Workspace.ThenError(200, "<html><title>Maintenance</title></html>", "text/html");

        var failure = await World.FailureOf(() => UpdateAsync(SomeChange));

        Assert.Equal((SyncErrorCode.Unavailable, true), (failure.Code, failure.OutcomeUnknown));
    }

    [Fact]
    public async Task A_write_refused_with_401_is_sent_once_more_with_another_token()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", "dapi-old\n");
        using var world = new World(options => (options.Token, options.TokenFile) = (null, file));
        world.Workspace.Then((_, _) =>
        {
            folder.Write("token", "dapi-new\n");
            return Task.FromResult(StubWorkspace.Answer(401, ""));
        }).ThenJson("{}");

        await world.Catalog.UpdatePermissionsAsync(Table, SomeChange, Timeout, world.Meter, default);

        Assert.Equal(["Bearer dapi-old", "Bearer dapi-new"], world.Workspace.Seen.Select(request => request.Authorization));
        Assert.Single(world.Workspace.Seen.Select(request => request.Body).Distinct());
        Assert.Equal(2, world.Meter.Calls);
    }

    private Task UpdateAsync(PermissionChange[] changes) =>
        _world.Catalog.UpdatePermissionsAsync(Table, changes, Timeout, _world.Meter, default);

    [Theory]
    [InlineData(SecurableType.Catalog, "main")]
    [InlineData(SecurableType.Table, "größe.a#b.50%'`\";")]
    [InlineData(SecurableType.ServiceCredential, "queue+1")]
    public async Task The_planned_call_is_the_call_that_is_sent(SecurableType type, string fullName)
    {
        var securable = Securable.Parse(type, fullName);
        PermissionChange[] changes = [new("o'neil \"x\" größe", null, ["SELECT"], []), new("", 77, [], ["MODIFY"])];
        _world.Workspace.ThenJson("{}");

        var described = _world.Catalog.DescribeUpdate(securable, changes);
        await _world.Catalog.UpdatePermissionsAsync(securable, changes, TimeSpan.FromSeconds(10), _world.Meter, default);

        Assert.Equal(_world.Workspace.Only.Line, $"{described.Method} {described.Path}");
        Assert.Equal(_world.Workspace.Only.Body, described.Body);
    }
}
