namespace UnityCatalog.Emulator.Tests;

/// <summary>What stays when an object is renamed, and what does not when it is made anew.</summary>
public class RenameTests
{
    [Fact]
    public async Task A_table_that_is_dropped_and_made_again_is_another_one_without_grants_and_guards()
    {
        await using var emulator = await Emulator.StartAsync();
        await GuardedAsync(emulator);
        var former = (await emulator.GetAsync("/tables/main.people.t", Emulator.Admin)).Json;

        await emulator.RunAsync("DROP TABLE main.people.t");
        await emulator.RunAsync("CREATE TABLE main.people.t (id int, ssn string)");

        var present = (await emulator.GetAsync("/tables/main.people.t", Emulator.Admin)).Json;
        Assert.NotEqual((string?)former["table_id"], (string?)present["table_id"]);
        Assert.True((long)present["created_at"]! > (long)former["created_at"]!);
        Assert.Null(present["row_filter"]);
        Assert.Equal("", await emulator.GrantsAsync("table/main.people.t"));
    }

    [Fact]
    public async Task CREATE_OR_REPLACE_TABLE_keeps_id_grants_filter_and_masks()
    {
        await using var emulator = await Emulator.StartAsync();
        await GuardedAsync(emulator);
        var former = (await emulator.GetAsync("/tables/main.people.t", Emulator.Admin)).Json;

        await emulator.RunAsync("CREATE OR REPLACE TABLE main.people.t (id int, more string)");

        var present = (await emulator.GetAsync("/tables/main.people.t", Emulator.Admin)).Json;
        Assert.Equal((string?)former["table_id"], (string?)present["table_id"]);
        Assert.Equal("main.people.yes", (string?)present["row_filter"]!["function_name"]);
        Assert.Equal("ana.analyst:SELECT", await emulator.GrantsAsync("table/main.people.t"));
    }

    [Theory]
    [InlineData("main.people.u", "main.people.u")]
    [InlineData("U", "main.people.u")]
    [InlineData("support.t", "main.support.t")]
    public async Task A_renamed_table_keeps_id_grants_and_guards(string to, string fullName)
    {
        await using var emulator = await Emulator.StartAsync();
        await GuardedAsync(emulator);
        var former = (await emulator.GetAsync("/tables/main.people.t", Emulator.Admin)).Json;
        await emulator.RunAsync("GRANT CREATE TABLE ON SCHEMA main.support TO `mia.metastore@example.com`");

        await emulator.RunAsync($"ALTER TABLE main.people.t RENAME TO {to}");

        var present = (await emulator.GetAsync($"/tables/{fullName}", Emulator.Admin)).Json;
        Assert.Equal((string?)former["table_id"], (string?)present["table_id"]);
        Assert.Equal((long?)former["created_at"], (long?)present["created_at"]);
        Assert.Equal("main.people.yes", (string?)present["row_filter"]!["function_name"]);
        Assert.Equal("ana.analyst:SELECT", await emulator.GrantsAsync($"table/{fullName}"));
        Assert.Equal(404, (await emulator.GetAsync("/tables/main.people.t", Emulator.Admin)).Status);
    }

    [Fact]
    public async Task A_table_leaves_neither_its_catalog_nor_the_hands_of_its_owner()
    {
        await using var emulator = await Emulator.StartAsync();
        await GuardedAsync(emulator);

        Assert.Contains("leaves the catalog", await emulator.FailAsync("ALTER TABLE main.people.t RENAME TO analytics.people.t"));
        Assert.Contains("already exists", await emulator.FailAsync("ALTER TABLE main.sales.customers RENAME TO orders"));
        await emulator.FailAsync("ALTER TABLE main.people.t RENAME TO u", Emulator.Analyst);
    }

    [Fact]
    public async Task A_renamed_catalog_takes_all_below_along_with_ids_and_grants()
    {
        await using var emulator = await Emulator.StartAsync();
        await GuardedAsync(emulator);
        var table = (await emulator.GetAsync("/tables/main.people.t", Emulator.Admin)).Json;
        var schema = (await emulator.GetAsync("/schemas/main.people", Emulator.Admin)).Json;
        var catalog = (await emulator.GetAsync("/catalogs/main", Emulator.Admin)).Json;

        await emulator.PatchAsync("/catalogs/main", """{"new_name":"prime"}""", Emulator.Admin);

        Assert.Equal((string?)table["table_id"], (string?)(await emulator.GetAsync("/tables/prime.people.t", Emulator.Admin)).Json["table_id"]);
        Assert.Equal((string?)schema["schema_id"], (string?)(await emulator.GetAsync("/schemas/prime.people", Emulator.Admin)).Json["schema_id"]);
        Assert.Equal((long?)catalog["created_at"], (long?)(await emulator.GetAsync("/catalogs/prime", Emulator.Admin)).Json["created_at"]);
        Assert.Equal("ana.analyst:SELECT", await emulator.GrantsAsync("table/prime.people.t"));
    }

    /// <summary>Whether guards follow, and what a reader then gets.</summary>
    [Theory]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task Guards_find_their_function_under_its_new_name_where_the_settings_say_so(string follow, bool reads)
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/settings", $$"""{"guardsFollowRenames":{{follow}}}""");
        await GuardedAsync(emulator);

        await emulator.PatchAsync("/schemas/main.people", """{"new_name":"folk"}""", Emulator.Admin);

        var answer = await emulator.AdminAsync("POST", "/query", """{"principal":"ana.analyst@example.com","table":"main.folk.t"}""");
        Assert.Equal(reads, (bool)answer["allowed"]!);
        Assert.True(reads || ((string)answer["reason"]!).Contains("ROUTINE_NOT_FOUND", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_admin_API_renames_objects_of_every_kind()
    {
        await using var emulator = await Emulator.StartAsync();
        await GuardedAsync(emulator);

        await emulator.AdminAsync("PUT", "/securables/function/main.people.yes", """{"rename":"no"}""");
        await emulator.AdminAsync("PUT", "/securables/table/main.people.t", """{"rename":"u"}""");

        Assert.Equal(200, (await emulator.GetAsync("/functions/main.people.no", Emulator.Admin)).Status);
        Assert.Equal("ana.analyst:SELECT", await emulator.GrantsAsync("table/main.people.u"));
    }

    [Theory]
    [InlineData("DROP SCHEMA main.people", "SCHEMA_NOT_EMPTY")]
    [InlineData("DROP SCHEMA main.people RESTRICT", "SCHEMA_NOT_EMPTY")]
    [InlineData("DROP SCHEMA main.people CASCADE", null)]
    [InlineData("DROP CATALOG main CASCADE", null)]
    [InlineData("DROP TABLE main.people.none", "TABLE_NOT_FOUND")]
    [InlineData("DROP TABLE IF EXISTS main.people.none", null)]
    [InlineData("DROP VIEW IF EXISTS main.nowhere.none", null)]
    public async Task A_container_that_holds_objects_is_dropped_only_with_CASCADE(string statement, string? error)
    {
        await using var emulator = await Emulator.StartAsync();
        await GuardedAsync(emulator);

        if (error is null)
        {
            await emulator.RunAsync(statement);
        }
        else
        {
            Assert.Contains(error, await emulator.FailAsync(statement));
        }
    }

    // main.people.t with a filter, a mask and a reader; all of it the metastore admin's.
    private static async Task GuardedAsync(Emulator emulator)
    {
        await emulator.RunAsync("GRANT CREATE SCHEMA ON CATALOG main TO `mia.metastore@example.com`");
        await emulator.RunAsync("CREATE SCHEMA main.people");
        await emulator.RunAsync("CREATE TABLE main.people.t (id int, ssn string)");
        await emulator.RunAsync("CREATE FUNCTION main.people.yes(id int) RETURNS boolean RETURN TRUE");
        await emulator.RunAsync("ALTER TABLE main.people.t SET ROW FILTER main.people.yes ON (id)");
        await emulator.AdminAsync("PUT", "/securables/table/main.people.t", """{"rows":[["1","a"]]}""");
        await emulator.RunAsync("GRANT SELECT ON main.people.t TO `ana.analyst@example.com`");
        await emulator.RunAsync("GRANT USE SCHEMA ON SCHEMA main.people TO `ana.analyst@example.com`");
    }
}
