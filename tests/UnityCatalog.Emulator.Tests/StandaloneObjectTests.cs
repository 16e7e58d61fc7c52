namespace UnityCatalog.Emulator.Tests;

/// <summary>Locations, credentials and connections, workspace bindings, versions of models, and what SDKs ask first.</summary>
public class StandaloneObjectTests
{
    private const string Admin = Emulator.Admin;

    [Fact]
    public async Task A_host_tells_where_tokens_come_from_to_whoever_asks()
    {
        await using var emulator = await Emulator.StartAsync();

        using var answer = await emulator.Http.GetAsync("/.well-known/databricks-config");

        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"\"oidc_endpoint\":\"{emulator.Url}/oidc\"", text);
        Assert.Contains("\"host_type\":\"workspace\"", text);
        Assert.Equal(["1234567890123456"], answer.Headers.GetValues("X-Databricks-Org-Id"));
        Assert.Contains("\"workspace_id\":\"1234567890123456\"", text);
        var oidc = await emulator.GetAsync("/oidc/.well-known/oauth-authorization-server", token: null);
        Assert.Equal($"{emulator.Url}/oidc/v1/authorize", (string?)oidc.Json["authorization_endpoint"]);
    }

    [Fact]
    public async Task Objects_outside_catalogs_are_created_with_a_right_on_the_metastore_and_kept_in_the_state()
    {
        await using var emulator = await Emulator.StartAsync();
        (string Path, string Body, string Privilege)[] all =
        [
            ("/storage-credentials", """{"name":"SC","azure_managed_identity":{}}""", "CREATE_STORAGE_CREDENTIAL"),
            ("/credentials", """{"name":"cr","purpose":"SERVICE"}""", "CREATE_SERVICE_CREDENTIAL"),
            ("/connections", """{"name":"co","connection_type":"MYSQL","options":{"host":"h","password":"p"}}""", "CREATE_CONNECTION"),
            ("/external-locations", """{"name":"el","url":"abfss://a@b/c","credential_name":"sc"}""", "CREATE_EXTERNAL_LOCATION"),
        ];
        foreach (var (path, body, privilege) in all)
        {
            var refused = await emulator.SendAsync("POST", path, body, Emulator.Analyst);
            Assert.Equal((403, true), (refused.Status, refused.Message!.Contains(privilege.Replace('_', ' '), StringComparison.Ordinal)));
            await emulator.RunAsync($"GRANT {privilege} ON METASTORE TO `ana.analyst@example.com`");

            var made = await emulator.SendAsync("POST", path, body, Emulator.Analyst);

            Assert.True(made.Status == 200, made.Text);
            Assert.Equal("ana.analyst@example.com", (string?)made.Json["owner"]);
        }

        await emulator.AdminAsync("PUT", "/state", (await emulator.AdminAsync("GET", "/state")).ToJsonString());
        var location = (await emulator.GetAsync("/external-locations/el", Admin)).Json;
        var connection = (await emulator.GetAsync("/connections/co", Admin)).Json;
        Assert.Equal(("abfss://a@b/c", "sc"), ((string?)location["url"], (string?)location["credential_name"]));
        Assert.Equal("""{"host":"h"}""", connection["options"]!.ToJsonString());
    }

    [Theory]
    [InlineData("/external-locations", """{"name":"x","credential_name":"lake_identity"}""", 400)]
    [InlineData("/external-locations", """{"name":"x","url":"u","credential_name":"none"}""", 404)]
    [InlineData("/connections", """{"name":"x"}""", 400)]
    [InlineData("/credentials", """{"name":"x"}""", 400)]
    [InlineData("/credentials", """{"name":"queue_identity","purpose":"SERVICE"}""", 400)]
    public async Task An_object_that_lacks_a_required_member_is_refused(string path, string body, int status)
    {
        await using var emulator = await Emulator.StartAsync();

        Assert.Equal(status, (await emulator.SendAsync("POST", path, body, Admin)).Status);
    }

    [Fact]
    public async Task An_isolated_catalog_is_there_for_the_workspaces_that_it_is_bound_to()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.PatchAsync("/catalogs/main", """{"isolation_mode":"ISOLATED"}""", Admin);
        var own = (long)(await emulator.GetAsync("/bindings/catalog/main", Admin)).Json["bindings"]![0]!["workspace_id"]!;
        Assert.Equal(200, (await emulator.GetAsync("/tables/main.sales.customers", Admin)).Status);

        await emulator.PatchAsync("/bindings/catalog/main", $$"""{"add":[{"workspace_id":7,"binding_type":"BINDING_TYPE_READ_ONLY"}],"remove":[{"workspace_id":{{own}}}]}""", Admin);

        Assert.Equal(403, (await emulator.GetAsync("/tables/main.sales.customers", Admin)).Status);
        Assert.Equal(403, (await emulator.GetAsync("/permissions/table/main.sales.customers", Admin)).Status);
        Assert.DoesNotContain("\"main\"", (await emulator.GetAsync("/catalogs", Admin)).Text);
        Assert.Contains("\"main\"", (await emulator.GetAsync("/catalogs?include_unbound=true", Admin)).Text);
        Assert.Equal("ISOLATED", (string?)(await emulator.GetAsync("/catalogs/main?include_unbound=true", Admin)).Json["isolation_mode"]);
        Assert.Equal("""{"workspaces":[7]}""", (await emulator.GetAsync("/workspace-bindings/catalogs/main", Admin)).Text);

        await emulator.PatchAsync("/workspace-bindings/catalogs/main", $$"""{"assign_workspaces":[{{own}}]}""", Admin);
        Assert.Equal(200, (await emulator.GetAsync("/tables/main.sales.customers", Admin)).Status);
        Assert.Equal(403, (await emulator.GetAsync("/bindings/catalog/main", Emulator.Analyst)).Status);
        Assert.Equal(400, (await emulator.GetAsync("/bindings/table/main", Admin)).Status);
    }

    [Fact]
    public async Task Versions_of_a_model_are_made_listed_named_and_deleted()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.RunAsync("GRANT CREATE_MODEL_VERSION ON MODEL main.sales.churn_model TO `mia.metastore@example.com`");
        const string model = "/models/main.sales.churn_model";
        const string body = """{"catalog_name":"main","schema_name":"sales","model_name":"churn_model","source":"runs:/x"}""";
        Assert.Equal(403, (await emulator.SendAsync("POST", "/models/versions", body, Emulator.Analyst)).Status);

        await emulator.SendAsync("POST", "/models/versions", body, Admin);
        await emulator.SendAsync("POST", "/models/versions", body, Admin);
        await emulator.SendAsync("PUT", $"{model}/aliases/champion", """{"version_num":2}""", Admin);
        await emulator.PatchAsync($"{model}/versions/1", """{"comment":"old"}""", Admin);
        await emulator.AdminAsync("PUT", "/state", (await emulator.AdminAsync("GET", "/state")).ToJsonString());

        var versions = (await emulator.GetAsync($"{model}/versions", Admin)).Json["model_versions"]!.AsArray();
        Assert.Equal([1, 2], versions.Select(version => (int)version!["version"]!));
        Assert.Equal("old", (string?)versions[0]!["comment"]);
        Assert.Equal(2, (int)(await emulator.GetAsync($"{model}/aliases/champion", Admin)).Json["version"]!);
        Assert.Contains("champion", (await emulator.GetAsync($"{model}?include_aliases=true", Admin)).Text);
        Assert.Equal(200, (await emulator.SendAsync("DELETE", $"{model}/versions/2", token: Admin)).Status);
        Assert.Equal(404, (await emulator.GetAsync($"{model}/versions/2", Admin)).Status);
        Assert.Equal(404, (await emulator.GetAsync($"{model}/aliases/champion", Admin)).Status);
    }

    [Theory]
    [InlineData("a%2Fb")]
    [InlineData("a/b")]
    public async Task A_tag_whose_key_holds_a_slash_is_found_by_either_spelling(string key)
    {
        await using var emulator = await Emulator.StartAsync();
        const string root = "/entity-tag-assignments/tables/main.sales.customers/tags";
        await emulator.SendAsync("POST", "/entity-tag-assignments", """{"entity_type":"tables","entity_name":"main.sales.customers","tag_key":"a/b","tag_value":"1"}""");

        var read = await emulator.GetAsync($"{root}/{key}");
        var changed = await emulator.PatchAsync($"{root}/{key}?update_mask=tag_value", """{"tag_value":"2"}""");
        var removed = await emulator.SendAsync("DELETE", $"{root}/{key}");

        Assert.Equal(("1", "2", 200), ((string?)read.Json["tag_value"], (string?)changed.Json["tag_value"], removed.Status));
    }
}
