using PolicySync.Adapters.Tests.Support;
using PolicySync.Core.Errors;

namespace PolicySync.Adapters.Tests.Principals;

public sealed class KeepingTheDirectory : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly World _world = new(principals: options => options.MaxAge = MaxAge);
    private readonly ScimStub _scim = new();

    public KeepingTheDirectory()
    {
        _scim.Users.Add(ScimStub.User("1", "ann@x.io"));
        _world.Workspace.Otherwise = _scim.Answer;
    }

    private int Reads => _world.Workspace.Seen.Count(request => request.Path.EndsWith("/Me", StringComparison.Ordinal));

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_snapshot_serves_until_it_is_too_old()
    {
        var first = await _world.Directory.GetAsync(default);
        _world.Time.Advance(MaxAge);
        Assert.Same(first, await _world.Directory.GetAsync(default));

        _world.Time.Advance(TimeSpan.FromTicks(1));
        Assert.NotSame(first, await _world.Directory.GetAsync(default));
        Assert.Equal(2, Reads);
    }

    [Fact]
    public async Task Callers_who_come_together_share_one_read()
    {
        var snapshots = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _world.Directory.GetAsync(default)));

        Assert.Single(snapshots.Distinct());
        Assert.Equal(1, Reads);
    }

    [Fact]
    public async Task Age_counts_from_the_start_of_a_read()
    {
        _scim.Me = () =>
        {
            _world.Time.Advance(MaxAge + TimeSpan.FromSeconds(1));
            return StubWorkspace.Json("""{"id":"me","userName":"app-self"}""");
        };

        await _world.Directory.GetAsync(default);
        await _world.Directory.GetAsync(default);

        Assert.Equal(2, Reads);
    }

    [Fact]
    public async Task A_failed_read_is_not_kept_and_nothing_older_is_served_instead()
    {
        await _world.Directory.GetAsync(default);
        _world.Time.Advance(MaxAge * 2);
        var works = _scim.Me;
        _scim.Me = () => StubWorkspace.Answer(401, "");

        Assert.Equal(SyncErrorCode.CredentialsRefused, (await World.FailureOf(() => _world.Directory.GetAsync(default))).Code);

        _scim.Me = works;
        Assert.NotNull((await _world.Directory.GetAsync(default)).Self);
    }

    [Fact]
    public async Task A_caller_who_gives_up_does_not_end_the_read_of_the_others()
    {
        var me = new TaskCompletionSource<HttpResponseMessage>();
        for (var requests = 0; requests < 4; requests++)
        {
            _world.Workspace.Then((request, _) =>
                request.Path.EndsWith("/Me", StringComparison.Ordinal) ? me.Task : Task.FromResult(_scim.Answer(request)));
        }

        using var cancellation = new CancellationTokenSource();

        var impatient = _world.Directory.GetAsync(cancellation.Token);
        var patient = _world.Directory.GetAsync(default);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        me.SetResult(_scim.Me());

        await patient;
        Assert.Equal(1, Reads);
    }
}
