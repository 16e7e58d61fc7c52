using System.Text.Json.Nodes;

namespace UnityCatalog.Emulator.Tests;

public class PermissionPagingTests
{
    private const string Path = "/permissions/table/main.sales.products";

    [Theory]
    [InlineData("max_results=1", 400)]
    [InlineData("max_results=149", 400)]
    [InlineData("max_results=-1", 400)]
    [InlineData("max_results=0", 200)]
    [InlineData("max_results=150", 200)]
    [InlineData("page_token=made-up", 400)]
    public async Task Max_results_is_absent_zero_or_at_least_150(string query, int status)
    {
        await using var emulator = await Emulator.StartAsync();

        Assert.Equal(status, (await emulator.GetAsync($"{Path}?{query}")).Status);
        Assert.Equal(status, (await emulator.GetAsync($"/effective-{Path[1..]}?{query}")).Status);
    }

    [Theory]
    [InlineData("/permissions", "max_results", "privilege_assignments")]
    [InlineData("/privilege-assignments", "page_size", "privilege_assignments")]
    [InlineData("/effective-permissions", "max_results", "privilege_assignments")]
    [InlineData("/effective-privilege-assignments", "page_size", "effective_privilege_assignments")]
    public async Task A_walk_meets_every_principal_once_with_all_its_privileges(string resource, string parameter, string array)
    {
        await using var emulator = await WithTenGrantsAsync();
        await emulator.AdminAsync("PUT", "/settings", """{"permissionsPageSize":3,"emptyPages":true}""");

        var (rows, pages) = await WalkAsync(emulator, $"{resource}/table/main.sales.products?{parameter}=0", array);

        var ours = rows.FindAll(row => ((string)row["principal"]!).StartsWith("user", StringComparison.Ordinal));
        Assert.Equal(10, ours.Select(row => (string)row["principal"]!).Distinct().Count());
        Assert.Equal(10, ours.Count);
        Assert.All(ours, row => Assert.True(row["privileges"]!.AsArray().Count >= 2));
        Assert.Contains(pages, page => page[array] is null && page["next_page_token"] is not null);
    }

    [Fact]
    public async Task The_order_differs_from_read_to_read_and_repeats_with_the_seed()
    {
        await using var one = await WithTenGrantsAsync();
        await using var other = await WithTenGrantsAsync();

        var orders = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            orders.Add(string.Join(' ', Emulator.Assignments((await one.GetAsync(Path)).Json)));
            Assert.Equal(orders[i], string.Join(' ', Emulator.Assignments((await other.GetAsync(Path)).Json)));
        }

        Assert.True(orders.Distinct().Count() > 1);
    }

    [Fact]
    public async Task One_principal_can_be_asked_for()
    {
        await using var emulator = await WithTenGrantsAsync();

        var one = await emulator.GetAsync($"{Path}?principal=USER3@example.com");
        var unknown = await emulator.GetAsync($"{Path}?principal=nobody");

        Assert.Equal("user3:MODIFY,SELECT", Emulator.Lines(one.Json));
        Assert.Equal("PRINCIPAL_DOES_NOT_EXIST", unknown.Code);
    }

    private static async Task<Emulator> WithTenGrantsAsync()
    {
        var emulator = await Emulator.StartAsync();
        var users = string.Join(',', Enumerable.Range(0, 10).Select(i => $$"""{"userName":"user{{i}}@example.com"}"""));
        await emulator.AdminAsync("POST", "/principals", $$"""{"users":[{{users}}]}""");
        var grants = string.Join(
            ',', Enumerable.Range(0, 10).Select(i => $$"""{"principal":"user{{i}}@example.com","privileges":["SELECT","MODIFY"]}"""));
        await emulator.AdminAsync("PUT", "/permissions/table/main.sales.products", $$"""{"grants":[{{grants}}]}""");
        return emulator;
    }

    private static async Task<(List<JsonNode> Rows, List<JsonNode> Pages)> WalkAsync(Emulator emulator, string path, string array)
    {
        var (rows, pages) = (new List<JsonNode>(), new List<JsonNode>());
        string? token = null;
        do
        {
            var page = (await emulator.GetAsync(token is null ? path : $"{path}&page_token={token}")).Json;
            pages.Add(page);
            rows.AddRange((page[array]?.AsArray() ?? []).Select(row => row!));
            token = (string?)page["next_page_token"];
        }
        while (token is not null);

        return (rows, pages);
    }
}
