namespace UnityCatalog.Emulator.Tests;

/// <summary>Who may see and who may change: reference §2. The caller is ana.analyst, a member of emea-analysts &lt; analysts &lt; data-consumers.</summary>
public class RightsTests
{
    private const string Change = """{"changes":[{"principal":"us-analysts","add":["SELECT"]}]}""";

    // Grants and owners that the analyst gets, and what the PATCH on main.support.tickets then answers.
    [Theory]
    [InlineData("", 403)]
    [InlineData("table/main.support.tickets:SELECT schema/main.support:USE_SCHEMA", 403)]
    [InlineData("table/main.support.tickets:MANAGE", 403)]
    [InlineData("table/main.support.tickets:MANAGE schema/main.support:USE_SCHEMA", 200)]
    [InlineData("table/main.support.tickets:owner schema/main.support:USE_SCHEMA", 200)]
    [InlineData("table/main.support.tickets:ALL_PRIVILEGES schema/main.support:USE_SCHEMA", 403)]
    [InlineData("schema/main.support:MANAGE", 200)]
    [InlineData("schema/main.support:owner", 200)]
    [InlineData("catalog/main:MANAGE", 200)]
    [InlineData("catalog/main:owner", 200)]
    public async Task Owners_and_holders_of_MANAGE_here_or_above_may_change_grants(string given, int status)
    {
        await using var emulator = await Emulator.StartAsync();
        await GiveAsync(emulator, "ana.analyst@example.com", given);

        var answer = await emulator.PatchAsync("/permissions/table/main.support.tickets", Change, Emulator.Analyst);

        Assert.Equal(status, answer.Status);
        Assert.True(status == 200 || answer.Code == "PERMISSION_DENIED");
    }

    [Fact]
    public async Task Rights_of_a_nested_group_apply_to_its_members()
    {
        await using var emulator = await Emulator.StartAsync();
        await GiveAsync(emulator, "data-consumers", "schema/main.support:MANAGE");

        Assert.Equal(200, (await emulator.PatchAsync("/permissions/table/main.support.tickets", Change, Emulator.Analyst)).Status);

        await emulator.AdminAsync("POST", "/principals", """{"members":[{"group":"data-consumers","remove":["analysts"]}]}""");
        Assert.Equal(403, (await emulator.PatchAsync("/permissions/table/main.support.tickets", Change, Emulator.Analyst)).Status);
    }

    [Fact]
    public async Task A_group_without_MANAGE_locks_the_service_out_at_once()
    {
        await using var emulator = await Emulator.StartAsync();

        var last = await emulator.PatchAsync(
            "/permissions/catalog/main", """{"changes":[{"principal":"platform-admins","remove":["MANAGE"]}]}""");
        var next = await emulator.PatchAsync("/permissions/table/main.sales.customers", Change);

        Assert.Equal((200, 403), (last.Status, next.Status));
    }

    [Fact]
    public async Task The_refusal_names_the_first_thing_missing_from_the_outside_in()
    {
        await using var emulator = await Emulator.StartAsync();

        var catalog = await emulator.GetAsync("/tables/hr_catalog.employee_data.employees", Emulator.Analyst);
        var schema = await emulator.GetAsync("/tables/main.sales.customers", Emulator.Analyst);
        await GiveAsync(emulator, "ana.analyst@example.com", "schema/main.sales:USE_SCHEMA");
        var table = await emulator.GetAsync("/tables/main.sales.customers", Emulator.Analyst);

        Assert.Equal((403, "User does not have USE CATALOG on Catalog 'hr_catalog'."), (catalog.Status, catalog.Message));
        Assert.Equal((403, "User does not have USE SCHEMA on Schema 'main.sales'."), (schema.Status, schema.Message));
        Assert.Equal((403, "User does not have SELECT on Table 'main.sales.customers'."), (table.Status, table.Message));
    }

    [Fact]
    public async Task Listings_leave_out_what_the_caller_may_not_see_and_BROWSE_shows_more_on_demand()
    {
        await using var emulator = await Emulator.StartAsync();

        var catalogs = await emulator.GetAsync("/catalogs", Emulator.Analyst);
        var schemas = await emulator.GetAsync("/schemas?catalog_name=main", Emulator.Analyst);
        var browsed = await emulator.GetAsync("/schemas?catalog_name=main&include_browse=true", Emulator.Analyst);

        Assert.DoesNotContain("hr_catalog", catalogs.Text);
        Assert.DoesNotContain("main.sales", schemas.Text);
        Assert.Contains("main.reference", schemas.Text);
        Assert.Contains("main.sales", browsed.Text);
        Assert.Contains("\"browse_only\":true", browsed.Text);
    }

    [Fact]
    public async Task Who_may_not_manage_sees_their_own_rows_only()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync("/permissions/catalog/main", Emulator.Analyst);

        Assert.Equal("account users:BROWSE data-consumers:USE_CATALOG", Emulator.Lines(answer.Json));
    }

    [Fact]
    public async Task An_owners_rights_are_not_among_the_grants()
    {
        await using var emulator = await Emulator.StartAsync();

        Assert.DoesNotContain("otto.owner", await emulator.GrantsAsync("catalog/main"));
    }

    [Theory]
    [InlineData("catalog/samples")]
    [InlineData("catalog/system")]
    [InlineData("catalog/hive_metastore")]
    [InlineData("schema/main.information_schema")]
    public async Task Grants_on_what_Databricks_made_are_refused(string securable)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.PatchAsync(
            $"/permissions/{securable}", """{"changes":[{"principal":"analysts","add":["SELECT"]}]}""", Emulator.Admin);

        Assert.Equal((403, "PERMISSION_DENIED"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task EXTERNAL_USE_SCHEMA_is_the_catalog_owners_to_give()
    {
        await using var emulator = await Emulator.StartAsync();
        const string change = """{"changes":[{"principal":"analysts","add":["EXTERNAL USE SCHEMA"]}]}""";
        await emulator.AdminAsync("POST", "/tokens", """{"token":"dapi-owner","principal":"otto.owner@example.com"}""");

        Assert.Equal(403, (await emulator.PatchAsync("/permissions/schema/main.sales", change)).Status);
        Assert.Equal(200, (await emulator.PatchAsync("/permissions/schema/main.sales", change, "dapi-owner")).Status);
    }

    /// <param name="emulator">Where.</param>
    /// <param name="principal">To whom.</param>
    /// <param name="given">Words <c>type/name:PRIVILEGE</c> or <c>type/name:owner</c>.</param>
    private static async Task GiveAsync(Emulator emulator, string principal, string given)
    {
        foreach (var word in given.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var (securable, right) = (word.Split(':')[0], word.Split(':')[1]);
            if (right == "owner")
            {
                await emulator.AdminAsync("PUT", $"/securables/{securable}", $$"""{"owner":"{{principal}}"}""");
            }
            else
            {
                var answer = await emulator.PatchAsync(
                    $"/permissions/{securable}", $$"""{"changes":[{"principal":"{{principal}}","add":["{{right}}"]}]}""", Emulator.Admin);
                Assert.Equal(200, answer.Status);
            }
        }
    }
}
