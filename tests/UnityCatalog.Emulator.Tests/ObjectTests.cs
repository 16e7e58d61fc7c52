namespace UnityCatalog.Emulator.Tests;

public class ObjectTests
{
    [Theory]
    [InlineData("/catalogs/main", "catalog_type", "MANAGED_CATALOG")]
    [InlineData("/schemas/main.sales", "catalog_name", "main")]
    [InlineData("/tables/main.sales.customers", "table_type", "MANAGED")]
    [InlineData("/tables/main.sales.revenue_by_region", "table_type", "VIEW")]
    [InlineData("/tables/main.sales.revenue_daily", "table_type", "MATERIALIZED_VIEW")]
    [InlineData("/tables/main.sales.orders_stream", "table_type", "STREAMING_TABLE")]
    [InlineData("/tables/main.sales.partner_accounts", "table_type", "FOREIGN")]
    [InlineData("/tables/analytics.reporting.revenue_metrics", "table_type", "METRIC_VIEW")]
    [InlineData("/functions/main.sales.net_amount", "full_data_type", "decimal(18,2)")]
    [InlineData("/volumes/main.sales.contracts_scanned", "volume_type", "MANAGED")]
    [InlineData("/models/main.sales.churn_model", "full_name", "main.sales.churn_model")]
    public async Task Each_family_answers_with_its_own_fields(string path, string field, string value)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync(path);

        Assert.Equal(200, answer.Status);
        Assert.Equal(value, (string?)answer.Json[field]);
    }

    [Fact]
    public async Task A_name_is_found_in_any_case_and_shown_in_lower_case()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync("/tables/MAIN.Sales.Customers");

        Assert.Equal("main.sales.customers", (string?)answer.Json["full_name"]);
    }

    [Theory]
    [InlineData("/catalogs/nope", "CATALOG_DOES_NOT_EXIST", "Catalog 'nope' does not exist.")]
    [InlineData("/schemas/nope.sales", "CATALOG_DOES_NOT_EXIST", "Catalog 'nope' does not exist.")]
    [InlineData("/schemas/main.nope", "SCHEMA_DOES_NOT_EXIST", "Schema 'main.nope' does not exist.")]
    [InlineData("/tables/nope.sales.t", "CATALOG_DOES_NOT_EXIST", "Catalog 'nope' does not exist.")]
    [InlineData("/tables/main.nope.t", "SCHEMA_DOES_NOT_EXIST", "Schema 'main.nope' does not exist.")]
    [InlineData("/tables/main.sales.nope", "TABLE_DOES_NOT_EXIST", "Table 'main.sales.nope' does not exist.")]
    [InlineData("/volumes/main.sales.nope", "RESOURCE_DOES_NOT_EXIST", "Volume 'main.sales.nope' does not exist.")]
    [InlineData("/functions/main.sales.nope", "RESOURCE_DOES_NOT_EXIST", "Function 'main.sales.nope' does not exist.")]
    [InlineData("/models/main.sales.nope", "RESOURCE_DOES_NOT_EXIST", "Registered Model 'main.sales.nope' does not exist.")]
    [InlineData("/permissions/table/main.nope.t", "SCHEMA_DOES_NOT_EXIST", "Schema 'main.nope' does not exist.")]
    [InlineData("/permissions/metastore/other", "METASTORE_DOES_NOT_EXIST", "Metastore 'other' does not exist.")]
    public async Task A_missing_object_or_parent_is_a_404_that_names_the_outermost_missing_thing(string path, string code, string message)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync(path);

        Assert.Equal((404, code, message), (answer.Status, answer.Code, answer.Message));
    }

    [Theory]
    [InlineData("main.sales")]
    [InlineData("main.sales.a.b")]
    [InlineData("main..customers")]
    public async Task A_full_name_of_the_wrong_form_is_refused(string name)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync($"/tables/{name}");

        Assert.Equal((400, "INVALID_PARAMETER_VALUE"), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Names_are_percent_decoded_exactly_once()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/securables/table/main.sales.gr%C3%B6%C3%9Fe%2525-1");

        var answer = await emulator.GetAsync("/tables/main.sales.gr%C3%B6%C3%9Fe%2525-1");
        var grants = await emulator.GetAsync("/permissions/table/main.sales.gr%C3%B6%C3%9Fe%2525-1");

        Assert.Equal("größe%25-1", (string?)answer.Json["name"]);
        Assert.Equal((200, "{}"), (grants.Status, grants.Text));
    }

    [Fact]
    public async Task A_path_that_goes_up_and_down_leads_where_it_says()
    {
        await using var emulator = await Emulator.StartAsync();
        var up = new Uri(
            $"{emulator.Url}/api/2.1/unity-catalog/catalogs/../tables/main.sales.customers",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, up);
        request.Headers.Authorization = new("Bearer", Emulator.PolicySync);

        using var response = await emulator.Http.SendAsync(request);

        Assert.Contains("main.sales.customers", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("customers", "true")]
    [InlineData("nope", "false")]
    public async Task Exists_tells_whether_a_table_exists(string table, string expected)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync($"/tables/main.sales.{table}/exists");

        Assert.Equal($$"""{"table_exists":{{expected}}}""", answer.Text);
    }

    [Fact]
    public async Task The_manifest_lists_what_may_be_granted_on_the_kind()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync("/tables/main.sales.revenue_by_region?include_manifest_capabilities=true");

        Assert.Equal(
            """{"securable_type":"TABLE","securable_kind":"TABLE_VIEW","assignable_privileges":["ALL_PRIVILEGES","APPLY_TAG","MANAGE","READ_METADATA","SELECT"]}""",
            answer.Json["securable_kind_manifest"]!.ToJsonString());
    }

    [Fact]
    public async Task Metastore_summary_and_assignment_agree_on_the_id()
    {
        await using var emulator = await Emulator.StartAsync();

        var summary = await emulator.GetAsync("/metastore_summary");
        var assignment = await emulator.GetAsync("/current-metastore-assignment");

        Assert.Equal((string?)summary.Json["metastore_id"], (string?)assignment.Json["metastore_id"]);
        Assert.Equal("1.0", (string?)summary.Json["privilege_model_version"]);
    }

    [Fact]
    public async Task An_unknown_route_is_a_404_of_its_own_and_is_recorded()
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync("/no-such-thing");

        Assert.Equal((404, "ENDPOINT_NOT_FOUND"), (answer.Status, answer.Code));
        var summary = await emulator.AdminAsync("GET", "/calls/summary");
        Assert.Equal(1, (int)summary["routes"]!["GET (unknown)"]!);
    }
}
