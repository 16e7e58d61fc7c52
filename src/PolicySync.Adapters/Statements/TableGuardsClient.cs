using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Workspaces;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Core.Timing;
using static PolicySync.Adapters.Workspaces.Errors.WorkspaceErrors;

namespace PolicySync.Adapters.Statements;

/// <summary>Tables with their guards, and statements on the configured warehouse.</summary>
internal sealed class TableGuardsClient(IStatementsApi api, IOptions<WorkspaceOptions> workspace, TimeProvider time) : ITableGuards
{
    /// <summary>Databricks accepts 5 to 50 seconds; the rest of the statement's time is for cancelling it.</summary>
    private const int LongestWait = 30;

    private const int ShortestWait = 5;

    private static readonly Backoff Polls = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2));
    private static readonly TimeSpan WhileStarting = TimeSpan.FromSeconds(3);

    public async Task<TableShape> GetTableAsync(Securable table, CallMeter meter, CancellationToken cancellation)
    {
        var answer = Required(await api.GetTableAsync(table.FullName, new WorkspaceCall(meter), cancellation));
        return TableReader.Shape(table, answer);
    }

    public async Task<ToldFunction?> GetFunctionAsync(string fullName, CallMeter meter, CancellationToken cancellation)
    {
        try
        {
            return TableReader.Function(fullName, Required(await api.GetFunctionAsync(fullName, new WorkspaceCall(meter), cancellation)));
        }
        catch (SyncException e) when (e.Code == SyncErrorCode.SecurableNotFound)
        {
            return null;
        }
    }

    public async Task EnsureWarehouseAsync(CallMeter meter, CancellationToken cancellation)
    {
        var id = Warehouse();
        var state = await GetWarehouseStateAsync(meter, cancellation);
        if (state == "RUNNING")
        {
            return;
        }

        if (state is "STOPPED" or "STOPPING")
        {
            await StartAsync(id, meter, cancellation);
        }

        throw state is "DELETED" or "DELETING"
            ? new SyncException(SyncErrorCode.InvalidPlan, $"the warehouse `{id}` is deleted")
            : new SyncException(SyncErrorCode.Unavailable, $"the warehouse `{id}` is starting") { RetryAfter = WhileStarting };
    }

    public async Task<string?> GetWarehouseStateAsync(CallMeter meter, CancellationToken cancellation)
    {
        var id = Warehouse();
        var answer = Required(await api.GetWarehouseAsync(id, new WorkspaceCall(meter), cancellation));
        return string.Equals(answer.Id, id, StringComparison.OrdinalIgnoreCase) ? answer.State
            : throw Lacking($"an answer about the warehouse `{id}`", "its id");
    }

    public async Task ExecuteAsync(string sql, TimeSpan timeout, CallMeter meter, CancellationToken cancellation)
    {
        var request = Request(sql, timeout);
        var call = new WorkspaceCall(meter);
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        string? open = null;
        try
        {
            var answer = Required(await api.ExecuteAsync(request, call, either.Token));
            open = StatementFailures.IsOpen(answer.Status?.State) ? answer.StatementId : null;
            for (var polls = 0; open is not null; polls++)
            {
                await Task.Delay(Polls.After(polls), time, either.Token);
                answer = Required(await api.GetStatementAsync(open, new WorkspaceCall(meter), either.Token));
                if (answer.StatementId != open)
                {
                    throw Lacking("an answer about a statement", "its id");
                }

                open = StatementFailures.IsOpen(answer.Status?.State) ? open : null;
            }

            if (StatementFailures.Of(answer.Status) is { } failure)
            {
                throw failure;
            }
        }
        catch (OperationCanceledException e) when (call.MayHaveActed)
        {
            await CancelAsync(open, meter);
            throw Unknown(e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new SyncException(SyncErrorCode.Throttled, $"a statement waited for {timeout} and was not sent", e);
        }
        catch (SyncException e) when (open is not null && !e.OutcomeUnknown)
        {
            // A poll failed: the statement may still run.
            await CancelAsync(open, meter);
            throw Unknown(e);
        }
    }

    public PlannedCall Describe(string sql) => new(
        HttpMethod.Post.Method, "/api/2.0/sql/statements",
        JsonSerializer.Serialize(Request(sql, workspace.Value.StatementTimeout), StatementsJson.Default.StatementRequest));

    // Writes have no time-out of their own. A lost start shows when the warehouse is read again.
    private async Task StartAsync(string id, CallMeter meter, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(workspace.Value.WriteTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            await api.StartWarehouseAsync(id, new WorkspaceCall(meter), either.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new SyncException(SyncErrorCode.Unavailable, $"no answer to the start of the warehouse `{id}`", e) { RetryAfter = WhileStarting };
        }
    }

    private StatementRequest Request(string sql, TimeSpan timeout)
    {
        var wait = Math.Clamp((int)(timeout.TotalSeconds / 2), ShortestWait, LongestWait);
        return new StatementRequest(
            sql, Warehouse(), string.Create(CultureInfo.InvariantCulture, $"{wait}s"), "CANCEL", "INLINE", "JSON_ARRAY");
    }

    private static SyncException Unknown(Exception e) =>
        new(SyncErrorCode.Unavailable, "the outcome of a statement is unknown: databricks did not report it", e) { OutcomeUnknown = true };

    // Saves the warehouse the work only: a later read shows whether the statement took effect.
    private async Task CancelAsync(string? statement, CallMeter meter)
    {
        if (statement is null)
        {
            return;
        }

        try
        {
            using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
            await api.CancelAsync(statement, new WorkspaceCall(meter), enough.Token);
        }
        catch (Exception e) when (e is SyncException or OperationCanceledException)
        {
            // the statement ends at its own time limit
        }
    }

    private string Warehouse() => workspace.Value.WarehouseId is { Length: > 0 } id ? id
        : throw new SyncException(SyncErrorCode.InvalidPlan, "Workspace:WarehouseId is not set");
}
