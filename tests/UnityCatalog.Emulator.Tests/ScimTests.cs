using System.Text.Json.Nodes;

namespace UnityCatalog.Emulator.Tests;

public class ScimTests
{
    private const string Root = "/api/2.0/preview/scim/v2";

    [Theory]
    [InlineData("Users?", 40)]
    [InlineData("Groups?", 15)]
    [InlineData("ServicePrincipals?", 2)]
    [InlineData("Users?filter=userName%20eq%20%22ANA.ANALYST@example.com%22", 1)]
    [InlineData("Users?filter=userName%20sw%20%22ana%22%20or%20userName%20co%20%22owner%22", 2)]
    [InlineData("Users?filter=userName%20co%20%22engineer%22%20and%20userName%20ne%20%22ida.engineer@example.com%22", 4)]
    [InlineData("Groups?filter=displayName%20eq%20%22analysts%22", 1)]
    [InlineData("Groups?filter=displayName%20eq%20%22Analysts%22", 0)]
    [InlineData("Groups?filter=displayName%20eq%20%22account%20users%22", 0)]
    [InlineData("ServicePrincipals?filter=applicationId%20eq%20%227F3C1C52-8a51-4f0e-9a35-2d6b8c0e4a10%22", 1)]
    [InlineData("ServicePrincipals?filter=displayName%20eq%20%22etl-pipeline%22", 1)]
    public async Task A_listing_counts_what_its_filter_finds(string query, int total)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await emulator.GetAsync($"{Root}/{query}");

        Assert.Equal(total, (int)answer.Json["totalResults"]!);
        Assert.Equal(total, answer.Json["Resources"]?.AsArray().Count ?? 0);
    }

    [Fact]
    public async Task Pages_start_at_one_and_are_limited_by_the_server()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/settings", """{"scimPageSize":15}""");
        var names = new List<string>();
        int total;
        do
        {
            var page = (await emulator.GetAsync($"{Root}/Users?startIndex={names.Count + 1}&count=1000&attributes=userName")).Json;
            Assert.InRange((int)page["itemsPerPage"]!, 1, 15);
            names.AddRange(page["Resources"]!.AsArray().Select(user => (string)user!["userName"]!));
            total = (int)page["totalResults"]!;
        }
        while (names.Count < total);

        Assert.Equal(40, names.Distinct().Count());
        var beyond = await emulator.GetAsync($"{Root}/Users?startIndex=41");
        Assert.Equal(0, (int)beyond.Json["itemsPerPage"]!);
    }

    [Fact]
    public async Task A_group_tells_its_members_its_groups_and_whether_the_account_knows_it()
    {
        await using var emulator = await Emulator.StartAsync();

        var analysts = await GroupAsync(emulator, "analysts");
        var local = await GroupAsync(emulator, "workspace-analysts");

        Assert.Equal(["emea-analysts", "us-analysts", "Hana (Analyst)"], analysts["members"]!.AsArray().Select(m => (string?)m!["display"]));
        Assert.Equal(["Groups", "Groups", "Users"], analysts["members"]!.AsArray().Select(m => ((string)m!["$ref"]!).Split('/')[0]));
        Assert.Equal(["data-consumers"], analysts["groups"]!.AsArray().Select(g => (string?)g!["display"]));
        Assert.Equal("Group", (string?)analysts["meta"]!["resourceType"]);
        Assert.Equal("WorkspaceGroup", (string?)local["meta"]!["resourceType"]);
    }

    [Fact]
    public async Task A_member_is_found_by_the_id_that_its_group_shows()
    {
        await using var emulator = await Emulator.StartAsync();
        var member = (await GroupAsync(emulator, "data-engineers"))["members"]!.AsArray()
            .Single(m => ((string)m!["$ref"]!).StartsWith("ServicePrincipals/", StringComparison.Ordinal))!;

        var found = await emulator.GetAsync($"{Root}/{member["$ref"]}");

        Assert.Equal((string?)member["value"], (string?)found.Json["id"]);
        Assert.Equal("etl-pipeline", (string?)found.Json["displayName"]);
    }

    [Fact]
    public async Task Attributes_can_be_chosen_and_left_out()
    {
        await using var emulator = await Emulator.StartAsync();

        var chosen = await emulator.GetAsync($"{Root}/Groups?attributes=displayName,members.value&count=1");
        var without = await emulator.GetAsync($"{Root}/Groups?excludedAttributes=members,meta&count=1");

        Assert.Equal(
            ["schemas", "id", "displayName", "members"], chosen.Json["Resources"]![0]!.AsObject().Select(member => member.Key));
        Assert.Equal(["schemas", "id", "displayName", "groups"], without.Json["Resources"]![0]!.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task Me_is_the_service_principal_or_the_user_behind_the_token()
    {
        await using var emulator = await Emulator.StartAsync();

        var service = (await emulator.GetAsync($"{Root}/Me")).Json;
        var user = (await emulator.GetAsync($"{Root}/Me", Emulator.Analyst)).Json;

        Assert.Equal(Emulator.PolicySyncApplication, (string?)service["userName"]);
        Assert.Contains("platform-admins", service["groups"]!.AsArray().Select(g => (string?)g!["display"]));
        Assert.Equal("ana.analyst@example.com", (string?)user["userName"]);
        Assert.Equal(
            ["emea-analysts", "users", "workspace-analysts"], user["groups"]!.AsArray().Select(g => (string?)g!["display"]).Order());
    }

    [Fact]
    public async Task Errors_have_the_form_of_SCIM()
    {
        await using var emulator = await Emulator.StartAsync();

        var missing = await emulator.GetAsync($"{Root}/Groups/42");
        var filter = await emulator.GetAsync($"{Root}/Groups?filter=colour%20eq%20%22red%22");

        Assert.Equal(
            """{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Group with id 42 not found.","status":"404"}""",
            missing.Text);
        Assert.Equal((400, "invalidFilter"), (filter.Status, (string?)filter.Json["scimType"]));
    }

    [Fact]
    public async Task A_user_is_no_group_and_the_deleted_are_nobody()
    {
        await using var emulator = await Emulator.StartAsync();
        var user = (await emulator.GetAsync($"{Root}/Users?count=1")).Json["Resources"]![0]!["id"];

        Assert.Equal(404, (await emulator.GetAsync($"{Root}/Groups/{user}")).Status);
        Assert.Equal(404, (await emulator.GetAsync($"{Root}/Users/4815162342")).Status);
    }

    private static async Task<JsonNode> GroupAsync(Emulator emulator, string name) =>
        (await emulator.GetAsync($"{Root}/Groups?filter=displayName%20eq%20%22{name}%22")).Json["Resources"]![0]!;
}
