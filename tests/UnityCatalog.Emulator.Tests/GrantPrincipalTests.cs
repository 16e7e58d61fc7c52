namespace UnityCatalog.Emulator.Tests;

/// <summary>Who can hold a grant, and how they are named.</summary>
public class GrantPrincipalTests
{
    private const string Table = "table/main.sales.products";

    [Theory]
    [InlineData("Ana.Analyst@EXAMPLE.com", "ana.analyst:SELECT")]
    [InlineData("analysts", "analysts:SELECT")]
    [InlineData("account users", "account users:SELECT")]
    [InlineData("7F3C1C52-8A51-4F0E-9A35-2D6B8C0E4A10", "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10:SELECT")]
    public async Task A_principal_is_shown_as_it_is_stored(string given, string shown)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await GrantAsync(emulator, given);

        Assert.Equal((200, shown), (answer.Status, await emulator.GrantsAsync(Table)));
    }

    [Theory]
    [InlineData("nobody@example.com")]
    [InlineData("ANALYSTS")]
    [InlineData("users")]
    [InlineData("admins")]
    [InlineData("workspace-analysts")]
    [InlineData("policysync")]
    public async Task Unknown_misspelt_and_workspace_local_principals_do_not_exist(string name)
    {
        await using var emulator = await Emulator.StartAsync();

        var answer = await GrantAsync(emulator, name);

        Assert.Equal(
            (404, "PRINCIPAL_DOES_NOT_EXIST", $"Could not find principal with name {name}."),
            (answer.Status, answer.Code, answer.Message));
    }

    [Fact]
    public async Task A_deleted_principal_shows_an_empty_name_and_goes_by_its_id_alone()
    {
        await using var emulator = await Emulator.StartAsync();
        var standing = await emulator.GetAsync("/permissions/table/main.sales.orders?include_deleted_principals=true");
        Assert.Contains("""{"principal":"","principal_id":4815162342,"privileges":["SELECT"]}""", standing.Text);

        var byName = await emulator.PatchAsync(
            "/permissions/table/main.sales.orders", """{"changes":[{"principal":"lou.left@example.com","remove":["SELECT"]}]}""");
        var more = await emulator.PatchAsync(
            "/permissions/table/main.sales.orders", """{"changes":[{"principal_id":4815162342,"add":["MODIFY"]}]}""");
        var byId = await emulator.PatchAsync(
            "/permissions/table/main.sales.orders", """{"changes":[{"principal_id":4815162342,"remove":["SELECT"]}]}""");

        Assert.Equal("PRINCIPAL_DOES_NOT_EXIST", byName.Code);
        Assert.Equal("PRINCIPAL_DOES_NOT_EXIST", more.Code);
        Assert.Equal(200, byId.Status);
        Assert.DoesNotContain("#", await emulator.GrantsAsync("table/main.sales.orders"));
    }

    [Theory]
    [InlineData("/permissions", "privilege_assignments")]
    [InlineData("/privilege-assignments", "privilege_assignments")]
    [InlineData("/effective-permissions", "privilege_assignments")]
    [InlineData("/effective-privilege-assignments", "effective_privilege_assignments")]
    public async Task A_deleted_principal_is_shown_to_who_asks_for_it_only(string path, string array)
    {
        await using var emulator = await Emulator.StartAsync();
        const string deleted = "4815162342";

        var unasked = await emulator.GetAsync($"{path}/table/main.sales.orders");
        var refused = await emulator.GetAsync($"{path}/table/main.sales.orders?include_deleted_principals=false");
        var asked = await emulator.GetAsync($"{path}/table/main.sales.orders?include_deleted_principals=true");

        Assert.DoesNotContain(deleted, unasked.Text + refused.Text);
        Assert.Contains(deleted, asked.Text);
        Assert.Equal(unasked.Json[array]!.AsArray().Count + 1, asked.Json[array]!.AsArray().Count);
    }

    [Fact]
    public async Task A_group_made_again_under_its_name_is_another_principal()
    {
        await using var emulator = await Emulator.StartAsync();
        await GrantAsync(emulator, "us-analysts");

        await emulator.AdminAsync("POST", "/principals", """{"delete":["us-analysts"]}""");
        await emulator.AdminAsync("POST", "/principals", """{"groups":[{"displayName":"us-analysts"}]}""");
        await GrantAsync(emulator, "us-analysts");

        Assert.Matches("^#[0-9]+:SELECT us-analysts:SELECT$", await emulator.GrantsAsync(Table));
    }

    private static Task<Answer> GrantAsync(Emulator emulator, string principal) => emulator.PatchAsync(
        $"/permissions/{Table}", $$"""{"changes":[{"principal":"{{principal}}","add":["SELECT"]}]}""");
}
