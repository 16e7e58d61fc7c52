namespace UnityCatalog.Emulator.Tests;

/// <summary>GRANT, REVOKE, SHOW GRANTS and SELECT as statements.</summary>
public class QueryStatementTests
{
    private const string Ana = "ana.analyst@example.com";

    [Fact]
    public async Task GRANT_and_REVOKE_do_what_the_permissions_API_does()
    {
        await using var emulator = await Emulator.StartAsync();

        await emulator.RunAsync("GRANT SELECT, MODIFY, APPLY TAG ON TABLE main.support.tickets TO `us-analysts`");
        await emulator.RunAsync("REVOKE MODIFY ON main.support.tickets FROM `us-analysts`");
        await emulator.RunAsync("GRANT ALL PRIVILEGES ON VOLUME main.sales.partner_drop TO `us-analysts`");
        await emulator.RunAsync("GRANT CREATE CATALOG ON METASTORE TO `us-analysts`");

        Assert.Contains("us-analysts:APPLY_TAG,SELECT", await emulator.GrantsAsync("table/main.support.tickets"));
        Assert.Contains("us-analysts:ALL_PRIVILEGES", await emulator.GrantsAsync("volume/main.sales.partner_drop"));
        Assert.Contains("not an owner", await emulator.FailAsync("GRANT SELECT ON TABLE main.reference.countries TO `us-analysts`", Emulator.Analyst));
    }

    [Fact]
    public async Task SHOW_GRANTS_shows_those_of_containers_too_and_to_whom_may_not_manage_their_own()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.RunAsync($"GRANT SELECT, USE SCHEMA ON SCHEMA main.support TO `{Ana}`");
        await emulator.RunAsync("GRANT SELECT ON TABLE main.support.tickets TO `us-analysts`");

        var all = Statements.Rows(await emulator.RunAsync("SHOW GRANTS ON TABLE main.support.tickets"));
        var one = Statements.Rows(await emulator.RunAsync($"SHOW GRANTS `{Ana}` ON TABLE main.support.tickets"));
        var own = Statements.Rows(await emulator.RunAsync("SHOW GRANTS ON TABLE main.support.tickets", Emulator.Analyst));

        Assert.Contains("us-analysts|SELECT|TABLE|main.support.tickets", all);
        Assert.Equal($"{Ana}|SELECT|SCHEMA|main.support / {Ana}|USE SCHEMA|SCHEMA|main.support", one);
        Assert.DoesNotContain("us-analysts", own);
        Assert.Contains($"{Ana}|SELECT|SCHEMA|main.support", own);
    }

    [Fact]
    public async Task SELECT_reports_the_current_user()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.RunAsync(
            "SELECT session_user(), is_account_group_member('analysts') AS member, 1 + 1 AS two", Emulator.Analyst);

        Assert.Equal($"{Ana}|true|2", Statements.Rows(answer));
        Assert.Equal(
            """{"column_count":3,"columns":[{"name":"session_user()","type_text":"STRING","type_name":"STRING","position":0},{"name":"member","type_text":"BOOLEAN","type_name":"BOOLEAN","position":1},{"name":"two","type_text":"BIGINT","type_name":"LONG","position":2}]}""",
            answer["manifest"]!["schema"]!.ToJsonString());
        var chunk = await emulator.GetAsync($"/api/2.0/sql/statements/{answer["statement_id"]}/result/chunks/0", Emulator.Analyst);
        Assert.Equal(answer["result"]!.ToJsonString(), chunk.Text);
    }

    [Fact]
    public async Task SELECT_from_a_table_sees_what_filter_and_masks_leave()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/securables/schema/main.people", $$"""{"grants":[{"principal":"{{Ana}}","privileges":["SELECT","USE_SCHEMA"]}]}""");
        await emulator.AdminAsync("PUT", "/securables/function/main.people.eu",
            """{"type":"FUNCTION","parameters":[{"name":"r","type":"string"}],"dataType":"boolean","definition":"r = 'EU'"}""");
        await emulator.AdminAsync("PUT", "/securables/function/main.people.stars",
            """{"type":"FUNCTION","parameters":[{"name":"v","type":"string"}],"dataType":"string","definition":"'***'"}""");
        await emulator.AdminAsync("PUT", "/securables/table/main.people.t", """
            {"columns":[{"name":"id","type":"int"},{"name":"region","type":"string"},{"name":"ssn","type":"string","mask":{"function":"main.people.stars"}}],
            "rowFilter":{"function":"main.people.eu","arguments":[{"column":"region"}]},
            "rows":[["1","EU","a"],["2","US","b"],["3","EU","c"]]}
            """);

        Assert.Equal("1|EU|*** / 3|EU|***", Statements.Rows(await emulator.RunAsync("SELECT * FROM main.people.t", Emulator.Analyst)));
        Assert.Equal("3", Statements.Rows(await emulator.RunAsync("SELECT id FROM main.people.t WHERE id > 1 LIMIT 5", Emulator.Analyst)));
        Assert.Equal("0", Statements.Rows(await emulator.RunAsync("SELECT count(*) FROM main.people.t WHERE ssn = 'a'", Emulator.Analyst)));
        await emulator.AdminAsync("PUT", "/permissions/schema/main.people", """{"grants":[]}""");
        Assert.Contains("INSUFFICIENT_PERMISSIONS", await emulator.FailAsync("SELECT * FROM main.people.t", Emulator.Analyst));
    }

    [Fact]
    public async Task Warehouses_are_listed()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync("/api/2.0/sql/warehouses");

        Assert.Equal("emulator-warehouse", (string?)answer.Json["warehouses"]![0]!["id"]);
    }

    [Fact]
    public async Task INSERT_adds_rows_for_who_may_modify_and_read()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/securables/table/main.people.t", """{"columns":[{"name":"id","type":"int"},{"name":"d","type":"date"}],"rows":[["1",null]]}""");
        const string insert = "INSERT INTO main.people.t VALUES (2, '2024-05-06'), (1 + 2, NULL)";
        Assert.Contains("USE SCHEMA", await emulator.FailAsync(insert, Emulator.Analyst));
        await emulator.RunAsync($"GRANT SELECT, USE SCHEMA ON SCHEMA main.people TO `{Ana}`");
        Assert.Contains("MODIFY", await emulator.FailAsync(insert, Emulator.Analyst));
        await emulator.RunAsync($"GRANT MODIFY ON TABLE main.people.t TO `{Ana}`");

        await emulator.RunAsync(insert, Emulator.Analyst);

        Assert.Equal("1|NULL / 2|2024-05-06 / 3|NULL", Statements.Rows(await emulator.RunAsync("SELECT * FROM main.people.t", Emulator.Analyst)));
        Assert.Contains("ARITY", await emulator.FailAsync("INSERT INTO main.people.t VALUES (1)", Emulator.Analyst));
    }
}
