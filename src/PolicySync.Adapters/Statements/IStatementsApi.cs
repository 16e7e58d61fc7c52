using PolicySync.Adapters.Workspaces;
using Refit;

namespace PolicySync.Adapters.Statements;

/// <summary>
/// The routes for row filters and masks: a table with its columns, a function, and the Statement Execution API. Source:
/// databricks-sdk-go, service/catalog/impl.go and service/sql/impl.go.
/// </summary>
internal interface IStatementsApi
{
    [Get("/api/2.1/unity-catalog/tables/{fullName}")]
    Task<TableAnswer?> GetTableAsync(string fullName, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Get("/api/2.1/unity-catalog/functions/{fullName}")]
    Task<FunctionAnswer?> GetFunctionAsync(string fullName, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Post("/api/2.0/sql/statements")]
    Task<StatementAnswer?> ExecuteAsync(
        [Body] StatementRequest request, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Get("/api/2.0/sql/statements/{statementId}")]
    Task<StatementAnswer?> GetStatementAsync(
        string statementId, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Post("/api/2.0/sql/statements/{statementId}/cancel")]
    Task CancelAsync(string statementId, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Get("/api/2.0/sql/warehouses/{warehouseId}")]
    Task<WarehouseAnswer?> GetWarehouseAsync(
        string warehouseId, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);

    [Post("/api/2.0/sql/warehouses/{warehouseId}/start")]
    Task StartWarehouseAsync(string warehouseId, [Property(WorkspaceCall.Key)] WorkspaceCall call, CancellationToken cancellation);
}
