namespace UnityCatalog.Emulator.Tests;

public class ApplicabilityTests
{
    [Theory]
    [InlineData("catalog/main", "SELECT", true)]
    [InlineData("catalog/main", "READ_FILES", false)]
    [InlineData("schema/main.sales", "USE_SCHEMA", true)]
    [InlineData("schema/main.sales", "USE_CATALOG", false)]
    [InlineData("schema/main.sales", "BROWSE", false)]
    [InlineData("table/main.sales.customers", "MODIFY", true)]
    [InlineData("table/main.sales.customers", "REFRESH", false)]
    [InlineData("table/main.sales.customers", "EXECUTE", false)]
    [InlineData("table/main.sales.revenue_by_region", "SELECT", true)]
    [InlineData("table/main.sales.revenue_by_region", "MODIFY", false)]
    [InlineData("table/main.sales.revenue_daily", "REFRESH", true)]
    [InlineData("table/main.sales.orders_stream", "MODIFY", true)]
    [InlineData("table/main.sales.partner_accounts", "MODIFY", false)]
    [InlineData("table/analytics.reporting.revenue_metrics", "MODIFY", false)]
    [InlineData("function/main.sales.net_amount", "EXECUTE", true)]
    [InlineData("function/main.sales.net_amount", "APPLY_TAG", false)]
    [InlineData("function/main.sales.churn_model", "APPLY_TAG", true)]
    [InlineData("volume/main.sales.contracts_scanned", "WRITE_VOLUME", true)]
    [InlineData("volume/main.sales.contracts_scanned", "SELECT", false)]
    [InlineData("external_location/lake", "READ_FILES", true)]
    [InlineData("storage_credential/lake_identity", "CREATE_EXTERNAL_LOCATION", true)]
    [InlineData("credential/queue_identity", "ACCESS", true)]
    [InlineData("connection/crm", "USE_CONNECTION", true)]
    [InlineData("metastore/11111111-2222-4333-8444-555555555555", "CREATE_CATALOG", true)]
    [InlineData("metastore/11111111-2222-4333-8444-555555555555", "MANAGE", false)]
    public async Task A_kind_takes_its_own_privileges_only(string securable, string privilege, bool applicable)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.PatchAsync(
            $"/permissions/{securable}", $$"""{"changes":[{"principal":"us-analysts","add":["{{privilege}}"]}]}""", Emulator.Admin);

        Assert.Equal(applicable ? 200 : 400, answer.Status);
        Assert.True(applicable || answer.Code == "INVALID_PARAMETER_VALUE");
    }

    [Theory]
    [InlineData("table/main.sales.revenue_by_region", "modify", "Privilege MODIFY is not applicable to this entity [main.sales.revenue_by_region:TABLE/TABLE_VIEW]. If this seems unexpected, please check the privilege version of the metastore in use [1.0].")]
    [InlineData("catalog/main", "ABC_DEF", "Privilege ABC DEF is not applicable to this entity [main:CATALOG/CATALOG_STANDARD]. If this seems unexpected, please check the privilege version of the metastore in use [1.0].")]
    public async Task The_refusal_is_in_the_servers_own_words(string securable, string privilege, string message)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.PatchAsync(
            $"/permissions/{securable}", $$"""{"changes":[{"principal":"analysts","add":["{{privilege}}"]}]}""");

        Assert.Equal((400, message), (answer.Status, answer.Message));
    }

    [Fact]
    public async Task A_privilege_that_stands_although_it_does_not_apply_can_be_removed()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync(
            "PUT", "/permissions/table/main.sales.revenue_by_region", """{"grants":[{"principal":"analysts","privileges":["MODIFY"]}]}""");

        var answer = await emulator.PatchAsync(
            "/permissions/table/main.sales.revenue_by_region", """{"changes":[{"principal":"analysts","remove":["MODIFY"]}]}""");

        Assert.Equal((200, "{}"), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("view/main.sales.revenue_by_region")]
    [InlineData("model/main.sales.churn_model")]
    [InlineData("nonsense/main")]
    public async Task Another_path_type_is_a_400(string securable)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync($"/permissions/{securable}");

        Assert.Equal(
            (400, "Users can only manage catalog, schema, table, function, storage credential and external location permissions"),
            (answer.Status, answer.Message));
    }
}
