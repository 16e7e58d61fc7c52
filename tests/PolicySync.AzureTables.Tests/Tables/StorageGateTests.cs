using System.Diagnostics;
using PolicySync.AzureTables.Hosting;
using PolicySync.AzureTables.Tables;
using PolicySync.AzureTables.Tests.Harness;
using PolicySync.Core.Errors;
using PolicySync.Core.Tasks;

namespace PolicySync.AzureTables.Tests.Tables;

[Collection(AzuriteCollection.Name)]
public sealed class StorageFaultTests(AzuriteFixture azurite) : IDisposable
{
    private readonly Account _account = new(azurite);

    public void Dispose() => _account.Dispose();

    [Fact]
    public async Task A_silent_storage_is_UNAVAILABLE_within_ten_seconds_with_the_default_settings()
    {
        using var stalled = new StalledServer();
        var options = _account.Options();
        options.ConnectionString = stalled.ConnectionString;
        var store = _account.TaskStore(options: options);
        var watch = Stopwatch.StartNew();

        var calls = new Func<Task>[]
        {
            () => store.AcceptAsync(Account.TableRequest(), default),
            () => store.FindAsync(new TaskId(1), default),
            () => store.ReadResultsAsync(new TaskId(1), ResultFilter.All, 10, null, default),
        };
        var faults = await Task.WhenAll(calls.Select(call => Assert.ThrowsAsync<SyncException>(call)));

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.All(faults, fault => Assert.Equal(SyncErrorCode.Unavailable, fault.Code));
    }

    [Fact]
    public async Task A_storage_that_refuses_connections_is_UNAVAILABLE_and_no_message_holds_the_key_or_address()
    {
        var stalled = new StalledServer();
        var options = _account.Options();
        options.ConnectionString = stalled.ConnectionString;
        stalled.Dispose(); // its port is closed now

        var fault = await Assert.ThrowsAsync<SyncException>(
            () => _account.TaskStore(options: options).FindAsync(new TaskId(1), default));

        Assert.Equal(SyncErrorCode.Unavailable, fault.Code);
        Assert.DoesNotContain("c2VjcmV0", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_key_is_UNAVAILABLE_and_the_message_has_403()
    {
        var options = _account.Options();
        options.ConnectionString = _account.ConnectionString.Replace("Eby8", "Abcd", StringComparison.Ordinal);

        var fault = await Assert.ThrowsAsync<SyncException>(
            () => _account.TaskStore(options: options).FindAsync(new TaskId(1), default));

        Assert.Equal(SyncErrorCode.Unavailable, fault.Code);
        Assert.Contains("HTTP 403", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_table_is_UNAVAILABLE_and_never_a_task_that_does_not_exist()
    {
        var store = _account.TaskStore();
        var task = await store.AcceptAsync(Account.TableRequest(), default);
        await _account.RawOpen.DeleteAsync();

        var fault = await Assert.ThrowsAsync<SyncException>(() => store.FindAsync(task.Id, default));
        Assert.Equal(SyncErrorCode.Unavailable, fault.Code);
    }

    [Fact]
    public async Task A_storage_that_becomes_available_later_is_used_without_a_restart()
    {
        var up = false;
        using var proxy = TcpProxy.ToHttp(azurite.TablePort, _ => !up);
        var options = _account.Options();
        options.ConnectionString = proxy.ConnectionStringLike(_account.ConnectionString);
        options.MaxRetries = 0;
        var store = _account.TaskStore(options: options);

        await Assert.ThrowsAsync<SyncException>(() => store.AcceptAsync(Account.TableRequest(), default));
        up = true;
        Assert.Equal(SyncTaskStatus.New, (await store.AcceptAsync(Account.TableRequest(), default)).Status);
    }

    [Fact]
    public async Task A_caller_that_stops_waiting_gets_its_own_cancellation()
    {
        using var stalled = new StalledServer();
        var options = _account.Options();
        options.ConnectionString = stalled.ConnectionString;
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _account.TaskStore(options: options).FindAsync(new TaskId(1), stop.Token));
    }

    [Fact]
    public async Task No_more_calls_than_allowed_are_in_flight()
    {
        using var gate = new StorageGate(3, TimeSpan.FromSeconds(30), TimeProvider.System);
        var answer = new TaskCompletionSource<bool>();
        var started = 0;
        var calls = Enumerable.Range(0, 5).Select(_ => gate.CallAsync("Any", StorageOperation.Read, SendAsync, default)).ToList();

        Assert.Equal(3, started);
        answer.SetResult(true);
        await Task.WhenAll(calls);
        Assert.Equal(5, started);

        Task<bool> SendAsync(CancellationToken cancellation)
        {
            Interlocked.Increment(ref started);
            return answer.Task;
        }
    }

    [Theory]
    [InlineData(null, null, "either ConnectionString or ServiceUri")]
    [InlineData("UseDevelopmentStorage=true", "https://x.table.core.windows.net", "either ConnectionString or ServiceUri")]
    [InlineData(null, "http://x.table.core.windows.net", "https")]
    public void Validation_names_the_invalid_settings(string? connectionString, string? serviceUri, string fault)
    {
        var options = new AzureTablesOptions
        {
            ConnectionString = connectionString,
            ServiceUri = serviceUri is null ? null : new Uri(serviceUri),
        };

        Assert.Contains(fault, new AzureTablesOptionsValidator().Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }
}
