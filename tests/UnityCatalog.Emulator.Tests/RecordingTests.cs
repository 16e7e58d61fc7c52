using UnityCatalog.Emulator.Hosting;

namespace UnityCatalog.Emulator.Tests;

public class RecordingTests
{
    private const string Customers = "/permissions/table/main.sales.customers";

    [Fact]
    public async Task A_call_is_recorded_with_what_a_test_wants_to_know()
    {
        await using var emulator = await Emulator.StartAsync();

        await emulator.PatchAsync("/permissions/TABLE/Main.Sales.Customers?x=1", Add("SELECT"));

        var call = Assert.Single((await emulator.AdminAsync("GET", "/calls"))["calls"]!.AsArray())!;
        Assert.Equal(1, (long)call["sequence"]!);
        Assert.Equal("PATCH", (string?)call["method"]);
        Assert.Equal("/api/2.1/unity-catalog/permissions/TABLE/Main.Sales.Customers", (string?)call["path"]);
        Assert.Equal("?x=1", (string?)call["query"]);
        Assert.Equal("table/main.sales.customers", (string?)call["securable"]);
        Assert.Equal(200, (int)call["status"]!);
        Assert.Equal(Emulator.PolicySyncApplication, (string?)call["principal"]);
        Assert.Equal(Add("SELECT"), (string?)call["body"]);
        Assert.True((double)call["endMs"]! >= (double)call["startMs"]!);
        Assert.False((bool)call["aborted"]!);
    }

    [Fact]
    public async Task Calls_can_be_picked_by_number_method_and_path_and_forgotten()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.GetAsync("/catalogs");
        await emulator.GetAsync(Customers);
        await emulator.PatchAsync(Customers, Add("SELECT"));
        async Task<int> CountAsync(string query) => (await emulator.AdminAsync("GET", $"/calls{query}"))["calls"]!.AsArray().Count;

        Assert.Equal(3, await CountAsync(""));
        Assert.Equal(2, await CountAsync("?since=1"));
        Assert.Equal(1, await CountAsync("?method=patch"));
        Assert.Equal(2, await CountAsync("?path=*/permissions/*"));
        Assert.Equal(1, await CountAsync("?path=*/permissions/*&method=GET"));
        await emulator.AdminAsync("DELETE", "/calls");
        Assert.Equal(0, await CountAsync(""));
        Assert.Equal(3, (long)(await emulator.AdminAsync("GET", "/calls"))["last"]!);
        Assert.Equal(400, (await emulator.SendAsync("GET", "/_emulator/calls?since=x", token: null)).Status);
    }

    [Fact]
    public async Task Only_the_last_calls_are_remembered()
    {
        await using var emulator = await Emulator.StartAsync(new EmulatorOptions { RecordedCalls = 3 });
        for (var i = 0; i < 5; i++)
        {
            await emulator.GetAsync("/catalogs");
        }

        var list = await emulator.AdminAsync("GET", "/calls");

        Assert.Equal([3, 4, 5], list["calls"]!.AsArray().Select(call => (int)call!["sequence"]!));
        Assert.Equal(2, (int)list["forgotten"]!);
    }

    [Fact]
    public async Task The_summary_counts_by_route_and_by_securable()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.GetAsync("/tables/main.sales.customers");
        await emulator.GetAsync(Customers);
        await emulator.GetAsync("/permissions/table/main.sales.orders");
        await emulator.GetAsync("/models/main.sales.churn_model");

        var summary = await emulator.AdminAsync("GET", "/calls/summary");

        const string permissions = "GET /api/2.1/unity-catalog/permissions/{securable_type}/{full_name}";
        Assert.Equal((4, 2), ((int)summary["total"]!, (int)summary["routes"]![permissions]!));
        Assert.Equal(
            ["function/main.sales.churn_model", "table/main.sales.customers", "table/main.sales.orders"],
            summary["securables"]!.AsObject().Select(member => member.Key));
        Assert.Equal(2, summary["securables"]!["table/main.sales.customers"]!.AsObject().Count);
    }

    [Fact]
    public async Task Refused_calls_and_token_requests_are_recorded_and_those_to_the_emulator_itself_are_not()
    {
        await using var emulator = await Emulator.StartAsync();

        await emulator.GetAsync("/catalogs", token: null);
        await emulator.AdminAsync("GET", "/state");
        await emulator.SendAsync("POST", "/oidc/v1/token", "grant_type=x", token: null);

        var calls = (await emulator.AdminAsync("GET", "/calls"))["calls"]!.AsArray();
        Assert.Equal([401, 400], calls.Select(call => (int)call!["status"]!));
    }

    // A history on one securable: P and Q are different PATCHes, R a read of one page, A and B the two pages
    // of a read, F a read of one principal only. The answer: how many pairs lack a read.
    [Theory]
    [InlineData("P", 0)]
    [InlineData("PP", 0)]
    [InlineData("PQ", 1)]
    [InlineData("PRQ", 0)]
    [InlineData("RPQ", 1)]
    [InlineData("PFQ", 1)]
    [InlineData("PAQ", 1)]
    [InlineData("PABQ", 0)]
    [InlineData("PRQP", 1)]
    [InlineData("PPRQRP", 0)]
    public async Task Two_different_writes_need_a_full_read_between_them(string history, int missing)
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.AdminAsync("PUT", "/permissions/table/main.sales.customers",
            """{"grants":[{"principal":"hr-team","privileges":["SELECT"]},{"principal":"hr-managers","privileges":["SELECT"]}]}""");
        string? next = null;
        foreach (var step in history)
        {
            await emulator.AdminAsync("PUT", "/settings", $$"""{"permissionsPageSize":{{(step is 'A' or 'B' ? 1 : 100)}}}""");
            var answer = step switch
            {
                'P' => await emulator.PatchAsync(Customers, Add("SELECT")),
                'Q' => await emulator.PatchAsync(Customers, Add("MODIFY")),
                'F' => await emulator.GetAsync($"{Customers}?principal=hr-team"),
                'B' => await ReadRestAsync(emulator, next!),
                _ => await emulator.GetAsync($"{Customers}?max_results=0"),
            };
            next = (string?)answer.Json["next_page_token"];
        }

        var report = await emulator.AdminAsync("GET", "/overlaps");

        Assert.Equal(missing, report["missingReads"]!.AsArray().Count);
        Assert.Empty(report["overlaps"]!.AsArray());
    }

    private static async Task<Answer> ReadRestAsync(Emulator emulator, string token)
    {
        Answer page;
        do
        {
            page = await emulator.GetAsync($"{Customers}?max_results=0&page_token={token}");
            token = (string?)page.Json["next_page_token"] ?? "";
        }
        while (token.Length > 0);

        return page;
    }

    private static string Add(string privilege) => $$"""{"changes":[{"principal":"analysts","add":["{{privilege}}"]}]}""";
}
