namespace UnityCatalog.Emulator.Tests;

/// <summary>Users, groups and service principals made, changed and deleted over SCIM.</summary>
public class ScimWriteTests
{
    private const string Workspace = "/api/2.0/preview/scim/v2";
    private const string Account = "/api/2.0/accounts/any/scim/v2";
    private const string Admin = Emulator.Admin;

    [Fact]
    public async Task A_group_of_the_account_takes_grants_and_one_of_the_workspace_does_not()
    {
        await using var emulator = await Emulator.StartAsync();

        var local = await emulator.SendAsync("POST", $"{Workspace}/Groups", """{"displayName":"local"}""", Admin);
        var account = await emulator.SendAsync("POST", $"{Account}/Groups", """{"displayName":"global"}""", Admin);

        Assert.Equal((201, "WorkspaceGroup"), (local.Status, (string?)local.Json["meta"]!["resourceType"]));
        Assert.Equal((201, "Group"), (account.Status, (string?)account.Json["meta"]!["resourceType"]));
        Assert.Equal(404, (await emulator.PatchAsync("/permissions/catalog/main", """{"changes":[{"principal":"local","add":["BROWSE"]}]}""")).Status);
        Assert.Equal(200, (await emulator.PatchAsync("/permissions/catalog/main", """{"changes":[{"principal":"global","add":["BROWSE"]}]}""")).Status);
        Assert.Equal(404, (await emulator.GetAsync($"{Account}/Groups/{local.Json["id"]}", Admin)).Status);
        Assert.Equal(200, (await emulator.GetAsync($"{Workspace}/Groups/{account.Json["id"]}", Admin)).Status);
    }

    [Fact]
    public async Task Membership_changes_by_add_remove_and_replace_and_counts_at_once()
    {
        await using var emulator = await Emulator.StartAsync();
        var ana = await IdAsync(emulator, "Users", "userName", "ana.analyst@example.com");
        var ben = await IdAsync(emulator, "Users", "userName", "ben.analyst@example.com");
        var group = (string)(await emulator.SendAsync("POST", $"{Account}/Groups",
            $$"""{"displayName":"g","members":[{"value":"{{ana}}"}]}""", Admin)).Json["id"]!;
        await emulator.PatchAsync("/permissions/catalog/hr_catalog", """{"changes":[{"principal":"g","add":["USE_CATALOG"]}]}""", Admin);
        Assert.Equal(200, (await emulator.GetAsync("/catalogs/hr_catalog", Emulator.Analyst)).Status);

        await PatchAsync(emulator, group, $$"""{"op":"add","path":"members","value":[{"value":"{{ben}}"}]}""");
        Assert.Equal([ana, ben], await MembersAsync(emulator, group));
        await PatchAsync(emulator, group, $$"""{"op":"remove","path":"members[value eq \"{{ana}}\"]"}""");
        Assert.Equal([ben], await MembersAsync(emulator, group));
        Assert.Equal(403, (await emulator.GetAsync("/catalogs/hr_catalog", Emulator.Analyst)).Status);
        await PatchAsync(emulator, group, $$$"""{"op":"replace","value":{"members":[{"value":"{{{ana}}}"}]}}""");
        Assert.Equal([ana], await MembersAsync(emulator, group));
        await PatchAsync(emulator, group, """{"op":"remove","path":"members"}""");
        Assert.Empty(await MembersAsync(emulator, group));
    }

    [Fact]
    public async Task A_renamed_group_keeps_its_grants_and_a_deleted_one_leaves_them_nameless()
    {
        await using var emulator = await Emulator.StartAsync();
        var group = (string)(await emulator.SendAsync("POST", $"{Account}/Groups", """{"displayName":"g"}""", Admin)).Json["id"]!;
        await emulator.PatchAsync("/permissions/table/main.sales.orders", """{"changes":[{"principal":"g","add":["SELECT"]}]}""");

        await PatchAsync(emulator, group, """{"op":"replace","path":"displayName","value":"h"}""");
        Assert.Contains("h:SELECT", await emulator.GrantsAsync("table/main.sales.orders"));

        Assert.Equal(204, (await emulator.SendAsync("DELETE", $"{Account}/Groups/{group}", token: Admin)).Status);
        Assert.Contains($"#{group}:SELECT", await emulator.GrantsAsync("table/main.sales.orders"));
        Assert.Equal(404, (await emulator.GetAsync($"{Account}/Groups/{group}", Admin)).Status);
    }

    [Fact]
    public async Task A_user_who_is_switched_off_is_not_let_in()
    {
        await using var emulator = await Emulator.StartAsync();
        var ana = await IdAsync(emulator, "Users", "userName", "ana.analyst@example.com");

        await emulator.PatchAsync($"{Workspace}/Users/{ana}", """{"Operations":[{"op":"replace","path":"active","value":false}]}""", Admin);

        Assert.Equal(401, (await emulator.GetAsync($"{Workspace}/Me", Emulator.Analyst)).Status);
    }

    [Fact]
    public async Task A_service_principal_that_is_made_has_an_application_id_and_takes_grants()
    {
        await using var emulator = await Emulator.StartAsync();

        var made = await emulator.SendAsync("POST", $"{Workspace}/ServicePrincipals", """{"displayName":"job"}""", Admin);

        var id = (string)made.Json["applicationId"]!;
        Assert.True(Guid.TryParse(id, out _));
        Assert.Equal(200, (await emulator.PatchAsync("/permissions/catalog/main", $$"""{"changes":[{"principal":"{{id}}","add":["BROWSE"]}]}""")).Status);
    }

    /// <summary>Method, path below SCIM, body, status and the word of SCIM for what is wrong.</summary>
    [Theory]
    [InlineData("POST", "Groups", """{"displayName":"admins"}""", 409, "uniqueness")]
    [InlineData("POST", "Groups", "{}", 400, "invalidValue")]
    [InlineData("POST", "Groups", """{"displayName":"x","members":[{"value":"9"}]}""", 400, "invalidValue")]
    [InlineData("POST", "Users", """{"userName":"ANA.analyst@example.com"}""", 409, "uniqueness")]
    [InlineData("POST", "Users", """{"userName":" "}""", 400, "invalidValue")]
    [InlineData("PATCH", "Users/{ana}", """{"Operations":[{"op":"replace","path":"name.givenName","value":"x"}]}""", 400, "invalidPath")]
    [InlineData("PATCH", "Users/{ana}", """{"Operations":[{"op":"replace","path":"active","value":"maybe"}]}""", 400, "invalidValue")]
    [InlineData("PATCH", "Users/{ana}", """{"Operations":{}}""", 400, "invalidSyntax")]
    [InlineData("PATCH", "Users/9", """{"Operations":[]}""", 404, null)]
    [InlineData("DELETE", "Groups/{ana}", null, 404, null)]
    public async Task An_invalid_SCIM_request_is_answered_with_a_SCIM_error_and_changes_nothing(string method, string path, string? body, int status, string? scimType)
    {
        await using var emulator = await Emulator.StartAsync();
        var before = (await emulator.AdminAsync("GET", "/state")).ToJsonString();
        path = path.Replace("{ana}", await IdAsync(emulator, "Users", "userName", "ana.analyst@example.com"), StringComparison.Ordinal);

        var answer = await emulator.SendAsync(method, $"{Workspace}/{path}", body, Admin);

        Assert.Equal((status, scimType), (answer.Status, (string?)answer.Json["scimType"]));
        Assert.Equal(before, (await emulator.AdminAsync("GET", "/state")).ToJsonString());
    }

    [Fact]
    public async Task Only_admins_may_write_by_SCIM()
    {
        await using var emulator = await Emulator.StartAsync();

        Assert.Equal(403, (await emulator.SendAsync("POST", $"{Workspace}/Groups", """{"displayName":"x"}""", Emulator.Analyst)).Status);
        Assert.Equal(403, (await emulator.SendAsync("DELETE", $"{Workspace}/Groups/1", token: Emulator.Analyst)).Status);
    }

    private static async Task PatchAsync(Emulator emulator, string group, string operation)
    {
        var answer = await emulator.PatchAsync($"{Account}/Groups/{group}", $$"""{"Operations":[{{operation}}]}""", Admin);
        Assert.True(answer.Status == 200, answer.Text);
    }

    private static async Task<List<string>> MembersAsync(Emulator emulator, string group) =>
        [.. ((await emulator.GetAsync($"{Account}/Groups/{group}", Admin)).Json["members"]?.AsArray() ?? []).Select(member => (string)member!["value"]!)];

    private static async Task<string> IdAsync(Emulator emulator, string collection, string attribute, string name) =>
        (string)(await emulator.GetAsync($"{Workspace}/{collection}?filter={attribute}%20eq%20%22{name}%22", Admin)).Json["Resources"]![0]!["id"]!;
}
