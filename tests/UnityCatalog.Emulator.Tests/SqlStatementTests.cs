using System.Text.Json.Nodes;

namespace UnityCatalog.Emulator.Tests;

/// <summary>Statements, row filters and masks: what is understood, what is refused, and who then reads what.</summary>
public class SqlStatementTests
{
    private const string Admin = Emulator.Admin;

    private const string People = """
        {"columns":[{"name":"id","type":"int"},{"name":"Region","type":"string"},{"name":"ssn","type":"string"}],
        "rows":[["1","EU","123-45-6789"],["2","US","987-65-4321"],["3",null,null]],
        "grants":[{"principal":"account users","privileges":["SELECT"]}],"owner":"mia.metastore@example.com"}
        """;

    [Fact]
    public async Task A_filter_and_a_mask_decide_who_reads_what_and_are_shown_by_GET()
    {
        await using var emulator = await StartAsync();
        await RunAsync(emulator, "CREATE SCHEMA IF NOT EXISTS `main`.`guards` COMMENT 'x'");
        await RunAsync(emulator, "CREATE OR REPLACE FUNCTION `main`.`guards`.`f`(`region` STRING) RETURNS BOOLEAN COMMENT 'c' "
            + "RETURN CASE WHEN is_account_group_member('analysts') THEN region = 'EU' ELSE TRUE END");
        await RunAsync(emulator, "CREATE FUNCTION main.guards.m(v string, r string) RETURNS string RETURN "
            + "CASE WHEN lower(session_user()) IN ('ana.analyst@example.com') THEN mask(v) ELSE v END;");
        await RunAsync(emulator, "ALTER TABLE `main`.`people`.`t` SET ROW FILTER `main`.`guards`.`f` ON (`Region`)");
        await RunAsync(emulator, "ALTER TABLE main.people.t ALTER COLUMN ssn SET MASK main.guards.m USING COLUMNS (region)");

        Assert.Equal("1|EU|nnn-nn-nnnn", await ReadAsync(emulator, "ana.analyst@example.com"));
        Assert.Equal("1|EU|123-45-6789 / 2|US|987-65-4321 / 3|NULL|NULL", await ReadAsync(emulator, "mia.metastore@example.com"));
        var table = (await emulator.GetAsync("/tables/main.people.t", Admin)).Json;
        Assert.Equal(
            """{"function_name":"main.guards.f","input_column_names":["Region"],"input_arguments":[{"column":"Region"}]}""",
            table["row_filter"]!.ToJsonString());
        Assert.Equal(
            """{"function_name":"main.guards.m","using_column_names":["Region"],"using_arguments":[{"column":"Region"}]}""",
            table["columns"]![2]!["mask"]!.ToJsonString());

        await RunAsync(emulator, "ALTER TABLE main.people.t DROP ROW FILTER");
        await RunAsync(emulator, "ALTER TABLE main.people.t ALTER COLUMN ssn DROP MASK");

        Assert.Equal("1|EU|123-45-6789 / 2|US|987-65-4321 / 3|NULL|NULL", await ReadAsync(emulator, "ana.analyst@example.com"));
    }

    [Fact]
    public async Task A_leaking_function_that_somebody_wrote_is_seen_to_leak()
    {
        await using var emulator = await StartAsync();
        await emulator.AdminAsync("PUT", "/securables/function/main.people.leaks",
            """{"parameters":[{"name":"v","type":"string"}],"dataType":"string","definition":"CASE WHEN is_account_group_member('Analysts') THEN NULL ELSE v END"}""");

        await RunAsync(emulator, "ALTER TABLE main.people.t ALTER COLUMN ssn SET MASK main.people.leaks");

        Assert.StartsWith("1|EU|123-45-6789", await ReadAsync(emulator, "ana.analyst@example.com")); // names of groups have case
    }

    [Fact]
    public async Task Who_may_not_select_reads_nothing()
    {
        await using var emulator = await StartAsync();
        await emulator.AdminAsync("PUT", "/permissions/table/main.people.t", """{"grants":[{"principal":"analysts","privileges":["MODIFY"]}]}""");

        Assert.StartsWith("refused: User does not have SELECT", await ReadAsync(emulator, "ana.analyst@example.com"));
    }

    [Theory]
    [InlineData("", "PARSE_SYNTAX_ERROR")]
    [InlineData("MERGE INTO main.people.t", "PARSE_SYNTAX_ERROR")]
    [InlineData("GRANT SELECT ON TABLE main.people.t TO `nobody`", "PRINCIPAL_DOES_NOT_EXIST")]
    [InlineData("GRANT EXECUTE ON TABLE main.people.t TO `analysts`", "INVALID_PARAMETER_VALUE")]
    [InlineData("SELECT nope FROM main.people.t", "UNRESOLVED_COLUMN")]
    [InlineData("SELECT *", "PARSE_SYNTAX_ERROR")]
    [InlineData("SELECT count(*), id FROM main.people.t", "UNSUPPORTED_FEATURE")]
    [InlineData("ALTER TABLE main.people.t DROP ROW FILTER; DROP FUNCTION main.people.f", "PARSE_SYNTAX_ERROR")]
    [InlineData("ALTER TABLE main.people.t DROP ROW FILTER -- more\n x", "PARSE_SYNTAX_ERROR")]
    [InlineData("ALTER TABLE main.people.`t DROP ROW FILTER", "PARSE_SYNTAX_ERROR")]
    [InlineData("CREATE FUNCTION main.people.f(a string) RETURNS boolean RETURN a = 'x' OR b", "UNRESOLVED_COLUMN")]
    [InlineData("CREATE FUNCTION main.people.f(a string) RETURNS boolean RETURN nothing(a)", "UNRESOLVED_ROUTINE")]
    [InlineData("CREATE FUNCTION main.people.f(a string) RETURNS boolean RETURN lower(a, a)", "WRONG_NUM_ARGS")]
    [InlineData("CREATE FUNCTION main.people.f(a string, A int) RETURNS boolean RETURN TRUE", "DUPLICATE_ROUTINE_PARAMETER_NAMES")]
    [InlineData("CREATE FUNCTION main.people.f(a strang) RETURNS boolean RETURN TRUE", "UNSUPPORTED_DATATYPE")]
    [InlineData("CREATE FUNCTION main.people.f(a string) RETURNS boolean RETURN a IN (SELECT 1)", "PARSE_SYNTAX_ERROR")]
    [InlineData("CREATE FUNCTION main.nowhere.f(a string) RETURNS boolean RETURN TRUE", "SCHEMA_NOT_FOUND")]
    [InlineData("ALTER TABLE main.people.t SET ROW FILTER main.people.nope ON (id)", "ROUTINE_NOT_FOUND")]
    [InlineData("ALTER TABLE main.people.t SET ROW FILTER main.people.yes ON (nope)", "UNRESOLVED_COLUMN")]
    [InlineData("ALTER TABLE main.people.t SET ROW FILTER main.people.yes ON ()", "ROW_COLUMN_ACCESS.WRONG_NUMBER_OF_COLUMNS")]
    [InlineData("ALTER TABLE main.people.t SET ROW FILTER main.people.name ON (region)", "ROW_COLUMN_ACCESS.FILTER_NOT_BOOLEAN")]
    [InlineData("ALTER TABLE main.people.t ALTER COLUMN ssn SET MASK main.people.name USING COLUMNS (ssn)", "COLUMN_MASKS_DUPLICATE_USING_COLUMN_NAME")]
    [InlineData("ALTER TABLE main.people.nope DROP ROW FILTER", "TABLE_NOT_FOUND")]
    [InlineData("ALTER TABLE main.sales.revenue_by_region SET ROW FILTER main.people.yes ON (region)", "EXPECT_TABLE_NOT_VIEW")]
    [InlineData("ALTER TABLE main.sales.revenue_daily DROP ROW FILTER", "EXPECT_TABLE_NOT_VIEW")]
    [InlineData("DROP FUNCTION main.people.nope", "ROUTINE_NOT_FOUND")]
    [InlineData("CREATE TABLE main.people.t (a string)", "TABLE_OR_VIEW_ALREADY_EXISTS")]
    [InlineData("CREATE TABLE main.nowhere.t (a string)", "SCHEMA_NOT_FOUND")]
    [InlineData("CREATE TABLE main.people.u (a string, A int)", "COLUMN_ALREADY_EXISTS")]
    [InlineData("CREATE TABLE main.people.u AS SELECT 1", "PARSE_SYNTAX_ERROR")]
    public async Task A_statement_that_is_wrong_fails_with_status_200_and_the_class_of_its_error(string statement, string errorClass)
    {
        await using var emulator = await StartAsync();
        await RunAsync(emulator, "CREATE FUNCTION main.people.yes(a string) RETURNS boolean RETURN TRUE");
        await RunAsync(emulator, "CREATE FUNCTION main.people.name(a string) RETURNS string RETURN a");

        var status = statement.Length == 0 ? await SubmitAsync(emulator, " ") : await SubmitAsync(emulator, statement);

        Assert.Equal("FAILED", (string?)status["state"]);
        Assert.StartsWith($"[{errorClass}]", (string?)status["error"]!["message"]);
    }

    [Fact]
    public async Task A_table_that_is_made_has_its_columns_and_belongs_to_its_maker()
    {
        await using var emulator = await StartAsync();
        await RunAsync(emulator, "CREATE SCHEMA main.made");

        await RunAsync(emulator, "CREATE TABLE `main`.`made`.`T`(id BIGINT, `re``gion` STRING) COMMENT 'mine'");
        await RunAsync(emulator, "CREATE TABLE IF NOT EXISTS main.made.t (other INT)");

        var table = (await emulator.GetAsync("/tables/main.made.t", Admin)).Json;
        Assert.Equal(("mine", "MANAGED", "mia.metastore@example.com"), ((string?)table["comment"], (string?)table["table_type"], (string?)table["owner"]));
        Assert.Equal("id bigint, re`gion string", string.Join(", ", table["columns"]!.AsArray().Select(column => $"{column!["name"]} {column["type_text"]}")));
    }

    [Fact]
    public async Task A_function_in_use_is_not_dropped()
    {
        await using var emulator = await StartAsync();
        await RunAsync(emulator, "CREATE FUNCTION main.people.f() RETURNS boolean RETURN TRUE");
        await RunAsync(emulator, "ALTER TABLE main.people.t SET ROW FILTER main.people.f ON ()");

        Assert.StartsWith("[ROUTINE_IN_USE]", (string?)(await SubmitAsync(emulator, "DROP FUNCTION main.people.f"))["error"]!["message"]);
        await RunAsync(emulator, "ALTER TABLE main.people.t DROP ROW FILTER");
        await RunAsync(emulator, "DROP FUNCTION IF EXISTS main.people.f");
        await RunAsync(emulator, "DROP FUNCTION IF EXISTS main.people.f");
    }

    [Fact]
    public async Task Statements_have_no_more_rights_than_their_sender()
    {
        await using var emulator = await StartAsync();

        var status = await SubmitAsync(emulator, "ALTER TABLE main.people.t DROP ROW FILTER", Emulator.Analyst);

        Assert.StartsWith("[INSUFFICIENT_PERMISSIONS]", (string?)status["error"]!["message"]);
    }

    [Fact]
    public async Task A_statement_can_be_pending_for_some_polls_and_be_cancelled()
    {
        await using var emulator = await StartAsync();
        await emulator.AdminAsync("PUT", "/settings", """{"statementPolls":2}""");
        const string create = "CREATE SCHEMA main.later";

        var first = await PostAsync(emulator, create, "CANCEL");
        var second = await PostAsync(emulator, "CREATE SCHEMA main.never", "CONTINUE");
        await emulator.SendAsync("POST", $"/api/2.0/sql/statements/{(string?)second["statement_id"]}/cancel", token: Admin);

        Assert.Equal("PENDING", StateOf(first));
        Assert.Equal("PENDING", StateOf(await PollAsync(emulator, first)));
        Assert.Equal("SUCCEEDED", StateOf(await PollAsync(emulator, first)));
        Assert.Equal("CANCELED", StateOf(await PollAsync(emulator, second)));
        Assert.Equal(200, (await emulator.GetAsync("/schemas/main.later", Admin)).Status);
        Assert.Equal(404, (await emulator.GetAsync("/schemas/main.never", Admin)).Status);
    }

    [Fact]
    public async Task A_stopped_warehouse_starts_when_told_or_when_a_statement_comes()
    {
        await using var emulator = await StartAsync();
        await emulator.AdminAsync("POST", "/warehouses", """{"id":"cold","state":"STOPPED"}""");

        var cancelled = await PostAsync(emulator, "CREATE SCHEMA main.a", "CANCEL", "cold");
        var states = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            states.Add((string?)(await emulator.GetAsync("/api/2.0/sql/warehouses/cold", Admin)).Json["state"]);
        }

        Assert.Equal("CANCELED", StateOf(cancelled));
        Assert.Equal(["STARTING", "RUNNING", "RUNNING"], states);
        Assert.Equal("SUCCEEDED", StateOf(await PostAsync(emulator, "CREATE SCHEMA main.b", "CANCEL", "cold")));
    }

    [Theory]
    [InlineData("""{"statement":"x","warehouse_id":"nope"}""", 404)]
    [InlineData("""{"statement":"x"}""", 400)]
    [InlineData("""{"warehouse_id":"emulator-warehouse"}""", 400)]
    [InlineData("""{"statement":"x","warehouse_id":"emulator-warehouse","wait_timeout":"60s"}""", 400)]
    [InlineData("""{"statement":"x","warehouse_id":"emulator-warehouse","on_wait_timeout":"WAIT"}""", 400)]
    public async Task A_request_that_is_none_is_refused(string body, int status)
    {
        await using var emulator = await StartAsync();

        Assert.Equal(status, (await emulator.SendAsync("POST", "/api/2.0/sql/statements", body, Admin)).Status);
    }

    [Fact]
    public async Task Guards_and_rows_survive_writing_the_state_and_reading_it()
    {
        await using var emulator = await StartAsync();
        await RunAsync(emulator, "CREATE FUNCTION main.people.f(r string) RETURNS boolean RETURN r = 'EU'");
        await RunAsync(emulator, "ALTER TABLE main.people.t SET ROW FILTER main.people.f ON (region)");

        var state = await emulator.AdminAsync("GET", "/state");
        await emulator.AdminAsync("PUT", "/state", state.ToJsonString());

        Assert.Equal("1|EU|123-45-6789", await ReadAsync(emulator, "ana.analyst@example.com"));
    }

    [Theory]
    [InlineData("1 + 2 * 3 - 4 / 2", "5")]
    [InlineData("NOT a = 'x' AND TRUE", "true")]
    [InlineData("NULL OR TRUE", "true")]
    [InlineData("NULL AND TRUE", null)]
    [InlineData("a IN ('x', NULL)", null)]
    [InlineData("a NOT IN ('x', 'y')", "true")]
    [InlineData("a LIKE 'A%' || 'c'", "true")]
    [InlineData("b BETWEEN 1 AND 5", "true")]
    [InlineData("b <=> NULL", "false")]
    [InlineData("b IS NOT NULL", "true")]
    [InlineData("CASE b WHEN 5 THEN 'five' ELSE 'other' END", "five")]
    [InlineData("CASE WHEN b > 5 THEN 'big' END", null)]
    [InlineData("'it\\'s' || \"q\\u0027\" || 'don''t'", "it'sq'don't")]
    [InlineData("cast('2024-05-06' AS date)", "2024-05-06")]
    [InlineData("try_cast('x' AS int)", null)]
    [InlineData("date_trunc('YEAR', DATE '2024-05-06')::date", "2024-01-01")]
    [InlineData("concat(repeat('x', greatest(length(a) - 4, 0)), right(a, 4))", "Abc")]
    [InlineData("concat(left('123456789', 4), repeat('x', 5))", "1234xxxxx")]
    [InlineData("sha2('abc', 256)", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("mask('Aa1-é')", "Xxn-x")]
    [InlineData("coalesce(NULL, b, 7)", "5")]
    [InlineData("`a` /* one /* two */ */ = 'Abc' -- end", "true")]
    [InlineData("decimal_is_not_a_name", "UNRESOLVED_COLUMN")]
    [InlineData("cast('x' AS int)", "CAST_INVALID_INPUT")]
    [InlineData("1 / 0", "DIVIDE_BY_ZERO")]
    [InlineData("a.b", "UNSUPPORTED_FEATURE")]
    [InlineData("EXISTS (SELECT 1)", "PARSE_SYNTAX_ERROR")]
    [InlineData("x -> x", "PARSE_SYNTAX_ERROR")]
    [InlineData(":parameter", "PARSE_SYNTAX_ERROR")]
    [InlineData("'open", "PARSE_SYNTAX_ERROR")]
    public async Task Expressions_mean_what_they_mean_in_SQL(string expression, string? expected)
    {
        await using var emulator = await StartAsync();
        await emulator.AdminAsync("PUT", "/securables/table/main.people.e",
            """{"columns":[{"name":"v","type":"string"},{"name":"a","type":"string"},{"name":"b","type":"int"}],"rows":[[null,"Abc","5"]],"grants":[{"principal":"account users","privileges":["SELECT"]}],"owner":"mia.metastore@example.com"}""");

        var status = await SubmitAsync(emulator, $"CREATE FUNCTION main.people.e(v string, a string, b int) RETURNS string RETURN {expression}");
        if ((string?)status["state"] == "FAILED")
        {
            Assert.StartsWith($"[{expected}]", (string?)status["error"]!["message"]);
            return;
        }

        await RunAsync(emulator, "ALTER TABLE main.people.e ALTER COLUMN v SET MASK main.people.e USING COLUMNS (a, b)");
        var answer = await emulator.AdminAsync("POST", "/query", """{"principal":"ana.analyst@example.com","table":"main.people.e","columns":["v"]}""");

        Assert.Equal(expected, (bool)answer["allowed"]! ? (string?)answer["rows"]![0]![0] : ((string?)answer["reason"])!.Split(']')[0].TrimStart('['));
    }

    private static async Task<Emulator> StartAsync()
    {
        var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/securables/table/main.people.t", People);
        await emulator.AdminAsync("PUT", "/permissions/schema/main.people", """{"grants":[{"principal":"account users","privileges":["USE_SCHEMA"]}]}""");
        await emulator.AdminAsync("PUT", "/permissions/catalog/main", """{"grants":[{"principal":"account users","privileges":["USE_CATALOG"]}]}""");
        await emulator.AdminAsync("PUT", "/securables/catalog/main", """{"owner":"mia.metastore@example.com"}""");
        await emulator.AdminAsync("PUT", "/securables/schema/main.people", """{"owner":"mia.metastore@example.com"}""");
        return emulator;
    }

    private static async Task RunAsync(Emulator emulator, string statement)
    {
        var status = await SubmitAsync(emulator, statement);
        Assert.True((string?)status["state"] == "SUCCEEDED", $"{statement}: {status.ToJsonString()}");
    }

    private static async Task<JsonNode> SubmitAsync(Emulator emulator, string statement, string token = Admin) =>
        (await PostAsync(emulator, statement, "CANCEL", token: token))["status"]!;

    private static async Task<JsonNode> PostAsync(
        Emulator emulator, string statement, string onTimeout, string warehouse = "emulator-warehouse", string token = Admin)
    {
        var body = new JsonObject
        {
            ["statement"] = statement, ["warehouse_id"] = warehouse, ["wait_timeout"] = "10s", ["on_wait_timeout"] = onTimeout,
        };
        var answer = await emulator.SendAsync("POST", "/api/2.0/sql/statements", body.ToJsonString(), token);
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }

    private static async Task<JsonNode> PollAsync(Emulator emulator, JsonNode statement) =>
        (await emulator.GetAsync($"/api/2.0/sql/statements/{(string?)statement["statement_id"]}", Admin)).Json;

    private static string? StateOf(JsonNode statement) => (string?)statement["status"]!["state"];

    private static async Task<string> ReadAsync(Emulator emulator, string principal)
    {
        var answer = await emulator.AdminAsync("POST", "/query", $$"""{"principal":"{{principal}}","table":"main.people.t"}""");
        return (bool)answer["allowed"]!
            ? string.Join(" / ", answer["rows"]!.AsArray().Select(row => string.Join('|', row!.AsArray().Select(value => (string?)value ?? "NULL"))))
            : $"refused: {answer["reason"]}";
    }
}
