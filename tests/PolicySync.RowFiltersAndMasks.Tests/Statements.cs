using System.Text.Json.Nodes;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Securables;
using PolicySync.RowFiltersAndMasks.Tests.Support;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>The Statement Execution API as the adapter uses it.</summary>
[Collection(LabTests.Name)]
public sealed class Statements(Lab lab) : IAsyncLifetime
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(30);

    private readonly CallMeter _meter = new();

    public Task InitializeAsync() => lab.PrepareAsync(new Case(), Data.People);

    public async Task DisposeAsync()
    {
        await lab.AdminAsync(HttpMethod.Delete, "faults");
        await lab.AdminAsync(HttpMethod.Delete, "calls");
    }

    [Fact]
    public async Task A_pending_statement_is_polled_until_it_ends()
    {
        await lab.AdminAsync(HttpMethod.Put, "settings", new JsonObject { ["statementPolls"] = 2 });

        await lab.Guards.ExecuteAsync("CREATE SCHEMA main.later", Enough, _meter, default);

        Assert.Equal(3, _meter.Calls);
        Assert.Contains("\"wait_timeout\":\"15s\",\"on_wait_timeout\":\"CANCEL\"", await BodyOfAsync("sql/statements"));
    }

    [Fact]
    public async Task A_statement_that_fails_over_200_fails_for_good_and_says_why()
    {
        var failure = await FailureOf(() => lab.Guards.ExecuteAsync("ALTER TABLE main.sales.nope DROP ROW FILTER", Enough, _meter, default));

        Assert.Equal((SyncErrorCode.InvalidPlan, "TABLE_NOT_FOUND", false), (failure.Code, failure.ServerCode, failure.OutcomeUnknown));
        Assert.Contains("Table 'main.sales.nope' does not exist", failure.Message);
    }

    [Theory]
    [InlineData("TEMPORARILY_UNAVAILABLE", SyncErrorCode.Unavailable)]
    [InlineData("INTERNAL_ERROR", SyncErrorCode.Unavailable)]
    [InlineData("RESOURCE_EXHAUSTED", SyncErrorCode.Throttled)]
    [InlineData("BAD_REQUEST", SyncErrorCode.InvalidPlan)]
    [InlineData("NOT_FOUND", SyncErrorCode.InvalidPlan)]
    public async Task The_error_code_of_a_failed_statement_tells_whether_to_try_again(string code, SyncErrorCode expected)
    {
        await FaultAsync(new() { ["path"] = "*/sql/statements", ["status"] = 200, ["contentType"] = "application/json",
            ["body"] = """{"statement_id":"s","status":{"state":"FAILED","error":{"error_code":"CODE","message":"no"}}}""".Replace("CODE", code) });

        var failure = await FailureOf(() => lab.Guards.ExecuteAsync("CREATE SCHEMA main.x", Enough, _meter, default));

        Assert.Equal((expected, false), (failure.Code, failure.OutcomeUnknown));
    }

    [Theory]
    [InlineData("""{"statement_id":"s","status":{"state":"CANCELED"}}""", false)]
    [InlineData("""{"statement_id":"s","status":{"state":"SOMETHING_NEW"}}""", true)]
    [InlineData("""{"statement_id":"s"}""", true)]
    public async Task An_end_that_is_none_is_no_success(string answer, bool unknown)
    {
        await FaultAsync(new() { ["path"] = "*/sql/statements", ["status"] = 200, ["contentType"] = "application/json", ["body"] = answer });

        var failure = await FailureOf(() => lab.Guards.ExecuteAsync("CREATE SCHEMA main.x", Enough, _meter, default));

        Assert.Equal((SyncErrorCode.Unavailable, unknown), (failure.Code, failure.OutcomeUnknown));
    }

    [Fact]
    public async Task A_statement_without_an_answer_is_never_sent_again_and_may_have_acted()
    {
        await FaultAsync(new() { ["path"] = "*/sql/statements", ["mode"] = "applyThenReset", ["times"] = 1 });

        var failure = await FailureOf(() => lab.Guards.ExecuteAsync("CREATE SCHEMA main.x", Enough, _meter, default));

        Assert.True(failure.OutcomeUnknown);
        Assert.Equal(1, _meter.Calls);
    }

    [Fact]
    public async Task A_statement_that_does_not_end_in_its_time_is_cancelled_and_may_have_acted()
    {
        await lab.AdminAsync(HttpMethod.Put, "settings", new JsonObject { ["statementPolls"] = 1_000 });

        var failure = await FailureOf(() => lab.Guards.ExecuteAsync("CREATE SCHEMA main.never", TimeSpan.FromSeconds(3), _meter, default));

        Assert.True(failure.OutcomeUnknown);
        var routes = (await lab.AdminAsync(HttpMethod.Get, "calls/summary"))["routes"]!.AsObject();
        Assert.Contains("POST /api/2.0/sql/statements/{statement_id}/cancel", routes.Select(route => route.Key));
    }

    [Fact]
    public async Task A_stopped_warehouse_is_started_and_nothing_is_sent_until_it_runs()
    {
        await lab.AdminAsync(HttpMethod.Post, "warehouses", new JsonObject { ["id"] = "w", ["state"] = "STOPPED" });

        var failure = await FailureOf(() => lab.Guards.EnsureWarehouseAsync(_meter, default));
        Assert.Equal((SyncErrorCode.Unavailable, TimeSpan.FromSeconds(3), false), (failure.Code, failure.RetryAfter, failure.OutcomeUnknown));
        await FailureOf(() => lab.Guards.EnsureWarehouseAsync(_meter, default));
        await lab.Guards.EnsureWarehouseAsync(_meter, default);

        Assert.Equal(4, _meter.Calls); // one look and the start, then two looks
    }

    [Fact]
    public async Task The_state_of_a_stopped_warehouse_is_read_without_starting_it()
    {
        await lab.AdminAsync(HttpMethod.Post, "warehouses", new JsonObject { ["id"] = "w", ["state"] = "STOPPED" });

        Assert.Equal("STOPPED", await lab.Guards.GetWarehouseStateAsync(_meter, default));
        Assert.Equal("STOPPED", await lab.Guards.GetWarehouseStateAsync(_meter, default));
        Assert.Equal(2, _meter.Calls);
    }

    [Fact]
    public async Task A_table_is_read_with_its_columns_filter_and_masks()
    {
        await lab.RunAsync("CREATE FUNCTION main.sales.f(v string, r string) RETURNS boolean RETURN v = r");
        await lab.RunAsync("ALTER TABLE main.sales.people SET ROW FILTER main.sales.f ON (ssn, 'x')");
        await lab.RunAsync("ALTER TABLE main.sales.people ALTER COLUMN ssn SET MASK main.sales.f USING COLUMNS (region)");

        var table = await lab.Guards.GetTableAsync(Securable.Table("main", "sales", "people"), _meter, default);

        Assert.Equal(("MANAGED", "boss@x.com"), (table.Facts.Kind, table.Facts.Owner));
        Assert.Equal(["id int", "Region string", "ssn string", "born date"], table.Columns.Select(column => $"{column.Name} {column.TypeText}"));
        Assert.Equal("main.sales.f", table.RowFilter!.Function);
        Assert.Null(table.RowFilter.Columns); // it is given a constant
        Assert.Equal(["Region"], table.Columns[2].Mask!.Columns!);
    }

    [Fact]
    public async Task A_function_is_read_with_its_owner_text_parameters_and_type()
    {
        await lab.RunAsync("CREATE FUNCTION main.sales.g(v varchar(20), r string) RETURNS boolean COMMENT 'c' RETURN v = r  AND r <> 'x'");

        var told = (await lab.Guards.GetFunctionAsync("main.sales.g", _meter, default))!;

        Assert.Equal(("boss@x.com", "v = r  AND r <> 'x'"), (told.Owner, told.Definition));
        Assert.Equal("boolean", told.Returns, ignoreCase: true);
        Assert.Equal([("v", "varchar(20)"), ("r", "string")], told.Parameters);
        Assert.Null(await lab.Guards.GetFunctionAsync("main.sales.nope", _meter, default));
    }

    private static Task<SyncException> FailureOf(Func<Task> act) => Assert.ThrowsAsync<SyncException>(act);

    private Task FaultAsync(JsonObject fault) => lab.AdminAsync(HttpMethod.Post, "faults", fault);

    private async Task<string> BodyOfAsync(string path) =>
        (string)(await lab.AdminAsync(HttpMethod.Get, $"calls?method=POST&path=*{path}"))["calls"]!.AsArray()[^1]!["body"]!;
}
