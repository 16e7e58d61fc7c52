using Azure.Data.Tables;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PolicySync.AzureTables.Tasks;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Options;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tasks;

/// <summary>Claims of keys, and tasks stored under the id of a claim.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class TaskKeysTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly TaskKey Key = TaskKey.OfCaller("ann", "k1", Account.TableRequest());

    private readonly Account _account = new(azurite);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-11-01T12:00:00Z"));
    private readonly TasksOptions _options = new();

    private TableClient Raw => _account.Raw(_account.Prefix + "TaskKeys");

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task The_first_claim_of_a_key_stands_in_every_process()
    {
        var claims = await Task.WhenAll(Enumerable.Range(1, 20).Select(n => Keys().ClaimAsync(Key, new TaskId(n), default)));

        var first = Assert.Single(claims, claim => claim.IsNew);
        Assert.All(claims, claim => Assert.Equal((first.Task, Key.Fingerprint), (claim.Task, claim.Fingerprint)));
    }

    [Fact]
    public async Task Another_request_with_the_key_sees_the_fingerprint_of_the_first()
    {
        await Keys().ClaimAsync(Key, new TaskId(1), default);

        var other = await Keys().ClaimAsync(TaskKey.OfCaller("ann", "k1", Account.TableRequest("other")), new TaskId(2), default);

        Assert.Equal((new TaskId(1), Key.Fingerprint, false), (other.Task, other.Fingerprint, other.IsNew));
    }

    [Fact]
    public async Task A_claim_stands_for_24_hours_and_is_then_replaced_by_exactly_one()
    {
        await Keys().ClaimAsync(Key, new TaskId(1), default);
        _time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(new TaskId(1), (await Keys().ClaimAsync(Key, new TaskId(2), default)).Task);

        _time.Advance(TimeSpan.FromSeconds(1));
        var claims = await Task.WhenAll(Enumerable.Range(3, 10).Select(n => Keys().ClaimAsync(Key, new TaskId(n), default)));

        Assert.Single(claims, claim => claim.IsNew);
        Assert.Single(claims.Select(claim => claim.Task).Distinct());
    }

    [Fact]
    public async Task A_claim_ends_before_its_task_is_deleted()
    {
        _options.Retention = TimeSpan.FromHours(1);
        await Keys().ClaimAsync(Key, new TaskId(1), default);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(new TaskId(2), (await Keys().ClaimAsync(Key, new TaskId(2), default)).Task);
    }

    [Fact]
    public async Task A_claim_is_replaced_only_while_it_stands()
    {
        var first = await Keys().ClaimAsync(Key, new TaskId(1), default);
        var second = await Keys().ReplaceAsync(Key, first, new TaskId(2), default);

        var third = await Keys().ReplaceAsync(Key, first, new TaskId(3), default);

        Assert.Equal((new TaskId(2), true), (second.Task, second.IsNew));
        Assert.Equal((new TaskId(2), false), (third.Task, third.IsNew));
    }

    [Fact]
    public async Task An_insert_that_was_sent_twice_is_this_processs_own()
    {
        await Keys().ClaimAsync(Key, new TaskId(1), default);

        Assert.True((await Keys().ClaimAsync(Key, new TaskId(1), default)).IsNew);
    }

    [Fact]
    public async Task A_sweep_deletes_claims_that_no_longer_stand_and_no_others()
    {
        await Keys().ClaimAsync(Key, new TaskId(1), default);
        _time.Advance(TimeSpan.FromHours(13));
        await Keys().ClaimAsync(TaskKey.OfCaller("ann", "k2", Account.TableRequest()), new TaskId(2), default);
        _time.Advance(TimeSpan.FromHours(12));

        await new TaskRetention(_account.Storage(time: _time), Options.Create(_options), _time).SweepAsync(default);

        Assert.Equal("2", Raw.Query<TableEntity>().Single().GetString("TaskId"));
    }

    [Fact]
    public async Task A_task_is_stored_once_under_the_id_of_its_claim()
    {
        var store = _account.TaskStore(_time);
        var id = TaskId.Create(_time.GetUtcNow(), lane: 5, sequence: 7);
        var request = Account.TableRequest() with { Key = Key.Hash };

        var stored = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => store.AcceptAsync(id, request, default)));

        Assert.Single(stored, task => task is not null);
        var found = await store.FindAsync(id, default);
        Assert.Equal(Key.Hash, found!.Request.Key);
        await store.FinishAsync(found with { Status = SyncTaskStatus.Success, EndTime = _time.GetUtcNow() }, default);
        Assert.Equal(Key.Hash, (await store.FindAsync(id, default))!.Request.Key);
    }

    [Fact]
    public async Task A_keyed_task_costs_one_storage_operation_more()
    {
        var store = _account.TaskStore(_time);
        var keys = Keys();
        await keys.ClaimAsync(Key, new TaskId(1), default);
        await store.FindAsync(new TaskId(1), default);
        using var log = new OperationLog(_account.Prefix);

        var claim = await keys.ClaimAsync(TaskKey.OfCaller("ann", "k2", Account.TableRequest()), TaskId.Create(_time.GetUtcNow(), 1, 1), default);
        await store.AcceptAsync(claim.Task, Account.TableRequest(), default);

        Assert.Equal("OpenTasks.insert=1, TaskKeys.insert=1", log.ToString());
    }

    private AzureTableTaskKeys Keys() => new(_account.Storage(time: _time), Options.Create(_options), _time);
}
