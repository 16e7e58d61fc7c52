using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Core.Guards;

/// <summary>
/// Reads tables with their guards and executes statements. The failures are those of <see cref="IUnityCatalog"/>.
/// </summary>
public interface ITableGuards
{
    /// <summary>Reads a table with columns, row filter and masks. Source: GET /api/2.1/unity-catalog/tables/{full_name}.</summary>
    Task<TableShape> GetTableAsync(Securable table, CallMeter meter, CancellationToken cancellation);

    /// <summary>
    /// Reads a function; null when no function has the name. Source: GET /api/2.1/unity-catalog/functions/{full_name}.
    /// </summary>
    /// <param name="fullName">Unquoted, parts joined by dots.</param>
    /// <param name="meter">Counts the request.</param>
    /// <param name="cancellation">Stops waiting.</param>
    Task<ToldFunction?> GetFunctionAsync(string fullName, CallMeter meter, CancellationToken cancellation);

    /// <summary>
    /// Returns when the warehouse <c>Workspace:WarehouseId</c> runs; starts it when it does not. Source: GET
    /// /api/2.0/sql/warehouses/{id}, POST …/start.
    /// </summary>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.Unavailable"/> with <see cref="SyncException.RetryAfter"/> while it starts: nothing was sent
    /// that could still act.
    /// </exception>
    Task EnsureWarehouseAsync(CallMeter meter, CancellationToken cancellation);

    /// <summary>
    /// Reads the state of the warehouse <c>Workspace:WarehouseId</c>, for example <c>RUNNING</c>, and does not start it; null where the
    /// workspace does not return it. Source: GET /api/2.0/sql/warehouses/{id}.
    /// </summary>
    Task<string?> GetWarehouseStateAsync(CallMeter meter, CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <summary>
    /// Executes one statement, once, and returns when it has succeeded. Source: POST /api/2.0/sql/statements, GET
    /// …/{id}, POST …/{id}/cancel.
    /// </summary>
    /// <param name="sql">The statement.</param>
    /// <param name="timeout">
    /// Longest wait; after it the statement is cancelled. When its end is not known then, or no answer came, the exception
    /// has <see cref="SyncException.OutcomeUnknown"/> set.
    /// </param>
    /// <param name="meter">Counts the requests.</param>
    /// <param name="cancellation">Stops waiting; a statement already sent may still take effect.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.InvalidPlan"/> when Databricks says that the statement itself fails (state FAILED over HTTP
    /// 200), with the error class as <see cref="SyncException.ServerCode"/>.
    /// </exception>
    Task ExecuteAsync(string sql, TimeSpan timeout, CallMeter meter, CancellationToken cancellation);

    /// <summary>The request with which <see cref="ExecuteAsync"/> would send the statement, for dry runs.</summary>
    PlannedCall Describe(string sql);
}
