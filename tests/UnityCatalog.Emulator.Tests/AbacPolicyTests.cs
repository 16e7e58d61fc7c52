namespace UnityCatalog.Emulator.Tests;

public class AbacPolicyTests
{
    private const string Policy = """
        {"name":"open","on_securable_type":"CATALOG","on_securable_fullname":"main","for_securable_type":"MODEL","policy_type":"POLICY_TYPE_GRANT",
        "to_principals":["sales-team"],"grant":{"privileges":["EXECUTE"]}}
        """;

    [Fact]
    public async Task Policies_are_listed_where_they_are_attached_and_go_by_name()
    {
        await using var emulator = await Emulator.StartAsync();
        await emulator.SendAsync("POST", "/policies", Policy, Emulator.PolicySync);

        var listed = (await emulator.GetAsync("/policies/CATALOG/main")).Json["policies"]!.AsArray().Single()!;

        Assert.Equal(("open", "POLICY_TYPE_GRANT", "EXECUTE"), ((string?)listed["name"], (string?)listed["policy_type"], (string?)listed["grant"]!["privileges"]![0]));
        Assert.Null((await emulator.GetAsync("/policies/SCHEMA/main.sales")).Json["policies"]);
    }
}
