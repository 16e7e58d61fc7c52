using System.Text.Json.Nodes;

namespace PolicySync.ContractCheck.Tests;

/// <summary>What the check says of a workspace that does as assumed, and of one that does not.</summary>
public sealed class AskingTests(TestWorkspace workspace) : IClassFixture<TestWorkspace>
{
    public static TheoryData<string> EveryFact => [.. Facts.Ids];

    [Fact]
    public async Task Every_fact_holds_on_the_emulator_and_nothing_is_left_behind()
    {
        var before = await workspace.StateAsync();

        var (code, output, errors) = await workspace.CheckAsync(
            workspace.Options(), "--output", "json", "--reader-token-file", workspace.ReaderTokenFile, "--foreign-table", TestWorkspace.ForeignTable);

        var facts = JsonNode.Parse(output)!["facts"]!.AsArray();
        Assert.Equal([.. Facts.Probes.Select(probe => probe.Fact.Id)], facts.Select(fact => (string)fact!["fact"]!));
        Assert.All(facts, fact => Assert.True((string?)fact!["verdict"] == ((string?)fact["fact"] == "rate" ? "not asked" : "holds"), $"{fact}"));
        Assert.Equal(0, code);
        Assert.Equal(before, await workspace.StateAsync());
        Assert.DoesNotContain(TestWorkspace.Token, output + errors, StringComparison.Ordinal);
        Assert.DoesNotContain("@example.com", output + errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fact_has_a_workspace_of_which_it_is_not_so() => Assert.Equal(Facts.Ids.Order(), Deviations.All.Keys.Order());

    [Theory]
    [MemberData(nameof(EveryFact))]
    public async Task A_fact_differs_on_a_workspace_of_which_it_is_not_so(string id)
    {
        var before = await workspace.StateAsync();
        await using var other = await MisbehavingWorkspace.StartAsync(workspace.Url, Deviations.All[id]);

        var (code, output, errors) = await workspace.CheckAsync(
            workspace.Options(other.Url), "--output", "json", "--only", id, "--patience", "00:00:00", "--rates",
            "--reader-token-file", workspace.ReaderTokenFile, "--foreign-table", TestWorkspace.ForeignTable);

        Assert.True(output.StartsWith('{'), $"{output}{errors}");
        var fact = Assert.Single(JsonNode.Parse(output)!["facts"]!.AsArray())!;
        Assert.True((string?)fact["verdict"] == "differs", $"{fact}");
        Assert.Equal(1, code);
        Assert.Equal(before, await workspace.StateAsync());
    }

    [Fact]
    public async Task A_difference_says_what_depends_on_it()
    {
        await using var other = await MisbehavingWorkspace.StartAsync(workspace.Url, Deviations.All["local-group"]);

        var (code, output, _) = await workspace.CheckAsync(workspace.Options(other.Url), "--only", "local-group,max-results");

        Assert.Equal(1, code);
        Assert.Contains("differs  local-group  refused as an unknown principal  accepted", output, StringComparison.Ordinal);
        Assert.Contains("what depends on it: PRINCIPAL_LOCAL gaps", output, StringComparison.Ordinal);
        Assert.EndsWith("1 hold, 1 differ, 0 could not be asked", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fact_that_cannot_be_asked_says_why_and_does_not_count_as_a_difference()
    {
        var options = workspace.Options();
        options.WarehouseId = null;

        var (code, output, _) = await workspace.CheckAsync(options, "--principals", "5");

        Assert.Equal(0, code);
        foreach (var (fact, why) in new[]
                 {
                     ("browse-only", "needs a second credential: --reader-token-file"),
                     ("filter-read-back", "needs a SQL warehouse: PolicySync:Workspace:WarehouseId is not set"),
                     ("upper-case-table", "needs a SQL warehouse: PolicySync:Workspace:WarehouseId is not set"),
                     ("foreign-table-filter", "needs a foreign table that may be changed for a moment: --foreign-table"),
                     ("changes-per-patch", "the least that would tell anything"),
                     ("rate", "sends many calls: --rates asks it"),
                 })
        {
            var row = Assert.Single(output.Split('\n'), line => line.Contains($" {fact} ", StringComparison.Ordinal));
            Assert.StartsWith("not asked", row, StringComparison.Ordinal);
            Assert.Contains(why, row, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_credential_that_sees_more_than_BROWSE_shows_is_of_no_use()
    {
        await File.WriteAllTextAsync(workspace.ReaderTokenFile + ".2", TestWorkspace.Token);

        var (code, output, _) = await workspace.CheckAsync(workspace.Options(), "--only", "browse-only", "--reader-token-file", workspace.ReaderTokenFile + ".2");

        File.Delete(workspace.ReaderTokenFile + ".2");
        Assert.Equal(0, code);
        Assert.Contains("sees the schema by more than BROWSE", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_that_lag_behind_writes_make_no_difference()
    {
        await workspace.FaultAsync(new { id = "lag", method = "GET", path = "*permissions*", readLagMs = 250 });
        try
        {
            var (code, output, _) = await workspace.CheckAsync(
                workspace.Options(), "--only", "patch-atomic,split-converges,all-removal,all-replaced,new-identity,effective-agrees,principal-id");

            Assert.True(code == 0, output);
            Assert.Contains("7 hold, 0 differ, 0 could not be asked", output, StringComparison.Ordinal);
        }
        finally
        {
            await workspace.SendAsync(HttpMethod.Delete, "faults/lag");
        }
    }

    [Fact]
    public async Task A_workspace_that_is_busy_now_and_then_makes_no_difference_and_leaves_nothing_behind()
    {
        var before = await workspace.StateAsync();
        await workspace.FaultAsync(new { id = "busy", path = "*/unity-catalog/*", status = 429, retryAfter = 0, probability = 0.25, seed = 7 });
        try
        {
            var (code, output, _) = await workspace.CheckAsync(
                workspace.Options(), "--only", "model-path,new-identity,name-escaped,patch-atomic,all-removal,all-replaced,inapplicable,changes-per-patch");

            Assert.True(code == 0, output);
            Assert.Contains(" 0 differ", output, StringComparison.Ordinal);
        }
        finally
        {
            await workspace.SendAsync(HttpMethod.Delete, "faults/busy");
        }

        Assert.Equal(before, await workspace.StateAsync());
    }

    [Fact]
    public async Task A_refusal_for_another_reason_is_no_answer()
    {
        await using var other = await MisbehavingWorkspace.StartAsync(workspace.Url, (asked, emulator) => asked.IsGrant
            ? Task.FromResult(Told.Refused("PERMISSION_DENIED", "no right", 403)) : emulator(asked));

        var (code, output, _) = await workspace.CheckAsync(workspace.Options(other.Url), "--only", "principal-status,duplicate,all-removal,local-group,changes-per-patch");

        Assert.Equal(0, code);
        Assert.Contains("0 hold, 0 differ, 5 could not be asked", output, StringComparison.Ordinal);
        Assert.Contains("403 PERMISSION_DENIED: no right", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_the_client_cannot_read_is_a_difference()
    {
        await using var other = await MisbehavingWorkspace.StartAsync(workspace.Url, async (asked, emulator) => await emulator(asked) is var told && asked.IsReadOfGrants
            ? told.Changed(body => body["privilege_assignments"] = "none") : told);

        var (code, output, _) = await workspace.CheckAsync(workspace.Options(other.Url), "--only", "owner-not-listed");

        Assert.Equal(1, code);
        Assert.Contains("the client cannot read the answer", output, StringComparison.Ordinal);
    }
}
