using System.Text.Json.Nodes;

namespace PolicySync.Cluster.Tests.Auditing;

/// <summary>The comparison of the audit stream with the record finds what is missing and what is too much.</summary>
public sealed class AuditComparisonTests
{
    private const string Table = "main.sales.orders";

    private readonly List<Call> _calls =
    [
        Patch(Change("ann", add: ["SELECT", "MODIFY"])), Patch(Change("ann", add: ["SELECT"])), Patch(Change("ann", remove: ["SELECT"])), Patch(Change("ann", add: ["SELECT"])),
        Statement("CREATE SCHEMA IF NOT EXISTS `main`.`guards`"),
        Statement("ALTER TABLE `main`.`sales`.`orders` SET ROW FILTER `main`.`guards`.`filter_1` ON (`region`)"),
        Statement("ALTER TABLE `main`.`sales`.`orders` ALTER COLUMN `ssn` SET MASK `main`.`guards`.`mask_1`"),
        Statement("ALTER TABLE `main`.`sales`.`orders` ALTER COLUMN `ssn` SET MASK `main`.`guards`.`swap_1` USING COLUMNS (`region`)"),
        Statement("ALTER TABLE `main`.`sales`.`orders` ALTER COLUMN `ssn` SET MASK `main`.`guards`.`mask_2`"),
        Statement("ALTER TABLE `main`.`sales`.`orders` DROP ROW FILTER"),
    ];

    private readonly List<string> _events =
    [
        Grant("1/0", "GRANT", "SELECT"), Grant("1/1", "GRANT", "MODIFY"), Grant("2/0", "REVOKE", "SELECT"), Grant("3/0", "GRANT", "SELECT"),
        Guard("4/0", null, null, "main.guards.filter_1"), Guard("5/0", "ssn", null, "main.guards.mask_1"),
        Guard("6/0", "ssn", "main.guards.mask_1", "main.guards.mask_2"), Guard("7/0", null, "main.guards.filter_1", null),
    ];

    [Fact]
    public void Nothing_is_found_where_each_change_has_its_event_although_events_repeat_and_calls_change_nothing()
    {
        _events.Add(Grant("2/0", "REVOKE", "SELECT", recovered: true));
        _events.Add(Guard("8/0", "ssn", "main.guards.mask_2", "main.guards.mask_2")); // its function was made again
        _events.Add("""{"type":"policysync.task.ended","source":"/policysync/i","id":"7/ended","data":{}}""");
        _calls.Add(Patch(Change("ben", add: ["SELECT"])) with { Status = 404 });
        _calls.Add(new Call(0, "PATCH", $"/permissions/table/{Table}", null, null, null));

        Assert.Empty(Differences());
        Assert.Equal((10, 1, 0), (Told().Events, Told().Repeats, Told().Recovered));
    }

    [Theory]
    [InlineData(0, "GRANT table main.sales.orders ann SELECT: made 2 times, told 1 times")]
    [InlineData(2, "REVOKE table main.sales.orders ann SELECT: made 1 times, told 0 times")]
    [InlineData(6, "COLUMN_MASK main.sales.orders ssn = main.guards.mask_2: made 1 times, told 0 times")]
    [InlineData(7, "ROW_FILTER main.sales.orders = none: made 1 times, told 0 times")]
    public void A_missing_event_is_found(int index, string difference)
    {
        _events.RemoveAt(index);

        Assert.Equal([difference], Differences());
    }

    [Fact]
    public void A_surplus_event_is_found()
    {
        _events.Add(Grant("9/0", "GRANT", "SELECT"));
        _events.Add(Guard("9/1", "ssn", null, "main.guards.mask_1"));

        Assert.Equal(
            ["COLUMN_MASK main.sales.orders ssn = main.guards.mask_1: made 1 times, told 2 times", "GRANT table main.sales.orders ann SELECT: made 2 times, told 3 times"],
            Differences());
    }

    [Fact]
    public void A_change_whose_sender_was_gone_when_it_was_made_wants_its_event()
    {
        _calls.Add(Patch(Change("ben", add: ["SELECT"])) with { Status = null });

        Assert.Equal(["GRANT table main.sales.orders ben SELECT: made 1 times, told 0 times"], Differences());
    }

    [Fact]
    public void Two_changes_under_one_id_are_found()
    {
        _events.Add(Grant("1/1", "REVOKE", "MODIFY"));

        Assert.Contains("1/1", Assert.Single(Told().Contradictions), StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Differences() => ChangeCounts.Compare(RecordedChanges.Of(_calls), Told().Changes);

    private AuditLines Told() => AuditLines.Read(_events);

    private static Call Patch(params JsonNode[] changes) =>
        new(0, "PATCH", $"/api/2.1/unity-catalog/permissions/table/{Table}", null, 200, new JsonObject { ["changes"] = new JsonArray(changes) }.ToJsonString());

    private static JsonObject Change(string principal, string[]? add = null, string[]? remove = null) => new()
    {
        ["principal"] = principal,
        ["add"] = new JsonArray([.. (add ?? []).Select(name => (JsonNode)name)]), ["remove"] = new JsonArray([.. (remove ?? []).Select(name => (JsonNode)name)]),
    };

    private static Call Statement(string text) =>
        new(0, "POST", "/api/2.0/sql/statements", null, 200, new JsonObject { ["statement"] = text }.ToJsonString());

    private static string Grant(string id, string action, string privilege, bool recovered = false) =>
        Event("policysync.grant.changed", id, new JsonObject { ["action"] = action, ["principal"] = "ann", ["privilege"] = privilege, ["recovered"] = recovered });

    private static string Guard(string id, string? column, string? before, string? after) =>
        Event("policysync.guard.changed", id, new JsonObject { ["column"] = column, ["before"] = before, ["after"] = after, ["recovered"] = false });

    private static string Event(string type, string id, JsonObject data)
    {
        data["securable"] = new JsonObject { ["type"] = "table", ["fullName"] = Table };
        return new JsonObject { ["type"] = type, ["source"] = "/policysync/i", ["id"] = id, ["data"] = data }.ToJsonString();
    }
}
