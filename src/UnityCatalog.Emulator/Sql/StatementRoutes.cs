using System.Globalization;
using UnityCatalog.Emulator.Http;

namespace UnityCatalog.Emulator.Sql;

/// <summary>The Statement Execution API and its warehouses (reference §1.6).</summary>
internal static class StatementRoutes
{
    private const string Statements = "/api/2.0/sql/statements";
    private const string Warehouses = "/api/2.0/sql/warehouses";

    public static void Map(RouteTable routes)
    {
        routes.Post(Statements, Submit);
        routes.Get($"{Statements}/{{statement_id}}", Poll);
        routes.Get($"{Statements}/{{statement_id}}/result/chunks/{{chunk_index}}", Chunk);
        routes.Post($"{Statements}/{{statement_id}}/cancel", Cancel);
        routes.Get(Warehouses, call => Reply.Json(
            new WarehouseList([.. call.Workspace.Statements.Warehouses.Values.Select(Show)]), WireJson.Shared.WarehouseList));
        routes.Get($"{Warehouses}/{{id}}", call =>
        {
            var warehouse = Find(call, call.Parameter("id"));
            warehouse.Look();
            return Reply.Json(Show(warehouse), WireJson.Shared.WarehouseAnswer);
        });
        routes.Post($"{Warehouses}/{{id}}/start", call =>
        {
            Find(call, call.Parameter("id")).Start(call.Workspace.Settings.WarehouseStartPolls);
            return Reply.Empty();
        });
    }

    private static Reply Submit(Call call)
    {
        var request = call.Body(WireJson.Shared.StatementRequest);
        var text = request.Statement is { Length: > 0 } given ? given : throw Errors.InvalidParameter("Missing required field: statement");
        var warehouse = Find(call, request.WarehouseId ?? throw Errors.InvalidParameter("Missing required field: warehouse_id"));
        CheckWait(request);
        var (workspace, settings) = (call.Workspace, call.Workspace.Settings);
        var statement = new SubmittedStatement(
            workspace.IdOf($"statement {workspace.Statements.Count}", workspace.NextTime()), text, warehouse.Id)
        {
            PollsLeft = settings.StatementPolls,
        };
        workspace.Statements.Add(statement);
        warehouse.Start(settings.WarehouseStartPolls);
        if (warehouse.State == "RUNNING" && statement.PollsLeft == 0)
        {
            Execute(call, statement);
        }
        else if (warehouse.State != "RUNNING" && request.OnWaitTimeout == "CANCEL")
        {
            statement.State = "CANCELED";
        }

        return Answer(statement);
    }

    private static Reply Poll(Call call)
    {
        var statement = Require(call);
        if (statement.State == "PENDING")
        {
            var warehouse = Find(call, statement.Warehouse);
            warehouse.Look();
            if (warehouse.State == "RUNNING" && --statement.PollsLeft <= 0)
            {
                Execute(call, statement);
            }
        }

        return Answer(statement);
    }

    private static Reply Cancel(Call call)
    {
        var statement = Require(call);
        if (statement.State == "PENDING")
        {
            statement.State = "CANCELED";
        }

        return Reply.Empty();
    }

    private static void Execute(Call call, SubmittedStatement statement)
    {
        try
        {
            statement.Rows = new StatementRunner(call.Workspace, call.Caller).Run(statement.Text);
            statement.State = "SUCCEEDED";
        }
        catch (SqlException e)
        {
            (statement.State, statement.Failure) = ("FAILED", e);
        }
    }

    private static void CheckWait(StatementRequest request)
    {
        var seconds = request.WaitTimeout is null ? 10
            : request.WaitTimeout.EndsWith('s') && int.TryParse(request.WaitTimeout[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                ? given : throw Errors.InvalidParameter("wait_timeout must be 0s or from 5s to 50s");
        if (seconds is not 0 and (< 5 or > 50))
        {
            throw Errors.InvalidParameter("wait_timeout must be 0s or from 5s to 50s");
        }

        if (request.OnWaitTimeout is not (null or "CONTINUE" or "CANCEL"))
        {
            throw Errors.InvalidParameter("on_wait_timeout must be CONTINUE or CANCEL");
        }
    }

    private static SubmittedStatement Require(Call call) => call.Workspace.Statements.Find(call.Parameter("statement_id"))
        ?? throw new ApiException(404, "NOT_FOUND", $"The statement {call.Parameter("statement_id")} was not found.");

    private static Warehouse Find(Call call, string id) => call.Workspace.Statements.Warehouses.GetValueOrDefault(id)
        ?? throw new ApiException(404, "RESOURCE_DOES_NOT_EXIST", $"No SQL warehouse with id {id} was found.");

    private static WarehouseAnswer Show(Warehouse warehouse) => new(warehouse.Id, warehouse.Name, warehouse.State);

    /// <summary>All rows are in one chunk.</summary>
    private static Reply Chunk(Call call)
    {
        var statement = Require(call);
        return statement.Rows is { } rows && call.Parameter("chunk_index") == "0"
            ? Reply.Json(StatementResults.Of(rows), WireJson.Shared.StatementResult)
            : throw Errors.InvalidParameter($"The statement {statement.Id} has no chunk {call.Parameter("chunk_index")}.");
    }

    private static Reply Answer(SubmittedStatement statement) => Reply.Json(
        new StatementAnswer(statement.Id, new StatementStatus(
            statement.State,
            statement.Failure is { } failure ? new StatementFailure(failure.Code, failure.Message) : null,
            statement.Failure?.SqlState))
        {
            Manifest = statement.State == "SUCCEEDED" ? StatementResults.ManifestOf(statement.Rows) : null,
            Result = statement.State == "SUCCEEDED" ? StatementResults.Of(statement.Rows) : null,
        },
        WireJson.Shared.StatementAnswer);
}
