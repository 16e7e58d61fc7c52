namespace UnityCatalog.Emulator.Tests;

public class EffectivePermissionTests
{
    [Fact]
    public async Task Inherited_privileges_say_where_they_come_from_and_direct_ones_do_not()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.PatchAsync(
            "/permissions/table/main.sales.customers", """{"changes":[{"principal":"sales-team","add":["MODIFY"]}]}""");

        Assert.Equal(
            "MODIFY SELECT<SCHEMA:main.sales USE_SCHEMA<SCHEMA:main.sales",
            await OfAsync(emulator, "table/main.sales.customers", "sales-team"));
        Assert.Equal("MANAGE<CATALOG:main", await OfAsync(emulator, "table/main.sales.customers", "platform-admins"));
    }

    [Fact]
    public async Task BROWSE_is_shown_where_it_is_granted_and_not_below()
    {
        await using var emulator = await Emulator.StartAsync();

        Assert.Equal("BROWSE", await OfAsync(emulator, "catalog/main", "account users"));
        Assert.Equal("", await OfAsync(emulator, "schema/main.sales", "account users"));
    }

    [Fact]
    public async Task Nothing_is_inherited_from_the_metastore()
    {
        await using var emulator = await Emulator.StartAsync();

        Assert.Equal("", await OfAsync(emulator, "catalog/main", "otto.owner@example.com"));
        Assert.Equal(
            "CREATE_CATALOG", await OfAsync(emulator, "metastore/11111111-2222-4333-8444-555555555555", "otto.owner@example.com"));
    }

    [Fact]
    public async Task ALL_PRIVILEGES_is_stored_without_being_expanded()
    {
        await using var emulator = await Emulator.StartAsync();

        Assert.Equal(
            "ALL_PRIVILEGES<SCHEMA:main.finance", await OfAsync(emulator, "table/main.finance.ledger", "finance-team", skipCatalog: true));
    }

    private static async Task<string> OfAsync(Emulator emulator, string securable, string principal, bool skipCatalog = false)
    {
        var answer = await emulator.GetAsync(
            $"/effective-permissions/{securable}?principal={Uri.EscapeDataString(principal)}", Emulator.Admin);
        var privileges = from row in answer.Json["privilege_assignments"]?.AsArray() ?? []
                         from privilege in row["privileges"]!.AsArray()
                         let type = (string?)privilege["inherited_from_type"]
                         where !skipCatalog || type != "CATALOG"
                         select (string)privilege["privilege"]! + (type is null ? "" : $"<{type}:{privilege["inherited_from_name"]}");
        return string.Join(' ', privileges);
    }
}
