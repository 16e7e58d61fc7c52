using System.Text.Json.Nodes;
using PolicySync.Core.Tasks;
using PolicySync.RowFiltersAndMasks.Tests.Support;
using PolicySync.Ranger.Model;
using Xunit.Abstractions;

namespace PolicySync.RowFiltersAndMasks.Tests;

/// <summary>
/// Whatever an answer of the workspace lacks: nobody gets SELECT, or sees a value by it, whom the true answers would keep from
/// it. Every damage of every answer that a decision is made from is tried, one at a time.
/// </summary>
[Collection(LabTests.Name)]
public sealed class DamagedAnswers(Lab lab, ITestOutputHelper output)
{
    /// <summary>
    /// The one damage that no answer shows: two users who trade their names and nothing else. Nothing else that the
    /// workspace tells holds a user's name beside its id.
    /// </summary>
    private const string AsGoodAsTrue = "swap $.Resources.userName";

    private static readonly string[] Scenes =
    [
        "denied group", "denied group, user allowed", "everybody but a group", "masked user", "masked local group", "filtered group",
        "masked owner", "denied column", "tagged column",
    ];

    /// <summary>Each scene before its first sync, and when what the true answers want stands.</summary>
    public static TheoryData<string, bool> ScenesAndTimes()
    {
        var data = new TheoryData<string, bool>();
        foreach (var scene in Scenes)
        {
            data.Add(scene, false);
            data.Add(scene, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ScenesAndTimes))]
    public async Task No_damaged_answer_makes_access_wider(string scene, bool isSynced)
    {
        var @case = CaseOf(scene);
        var stage = new Stage(lab, @case);
        await stage.ResetAsync();
        if (isSynced)
        {
            using var first = new WorkspaceClient(new DamagedNetwork(lab.Http), @case);
            stage.Stands = await first.DecideAsync([]);
            await stage.ResetAsync();
        }

        var before = await stage.ShownAsync();
        var network = new DamagedNetwork(lab.Http);
        using var client = new WorkspaceClient(network, @case);
        var truth = await client.DecideAsync(stage.Made);
        var allowed = (await stage.ShownAfterAsync(truth)).Union(before).ToHashSet();
        var known = new HashSet<string>(StringComparer.Ordinal);
        var (damages, refused) = (0, 0);
        var wider = new List<string>();

        foreach (var (asked, body) in network.Answers.ToList())
        {
            foreach (var damage in AnswerDamage.Of(body, network.Answers.Values.ToList()).Where(damage => damage.Name != AsGoodAsTrue))
            {
                damages++;
                network.Damage((asked, damage));
                if (await client.TryDecideAsync(stage.Made) is not { } decision)
                {
                    refused++;
                }
                else if (known.Add(decision.Key) && (await stage.ShownAfterAsync(decision)).Except(allowed).FirstOrDefault() is { } value)
                {
                    wider.Add($"{asked}: {damage.Name}: {value}");
                }

                Assert.True(network.WasMet, $"{asked} was not asked for");
            }
        }

        output.WriteLine($"{scene}{(isSynced ? ", synced" : "")}: {damages} damages, {refused} no answer, {known.Count} different decisions");
        Assert.True(damages > 200 && refused > 50 && known.Count > 1, "hardly anything was damaged: the scene tests nothing");
        Assert.True(wider.Count == 0, $"{wider.Count} decisions make access wider:\n{string.Join('\n', wider.Take(20))}");
    }

    [Fact]
    public async Task Who_is_in_a_denied_group_is_not_known_where_no_answer_says_it()
    {
        var @case = CaseOf("denied group");
        await lab.PrepareAsync(@case, Data.People);
        var network = new DamagedNetwork(lab.Http);
        using var client = new WorkspaceClient(network, @case);
        await client.DecideAsync([]);
        var (list, body) = network.Answers.Single(answer => answer.Key.Contains("/Groups?", StringComparison.Ordinal));
        var groups = JsonNode.Parse(body)!;
        var inner = groups["Resources"]!.AsArray().Single(group => (string?)group!["displayName"] == "inner")!.AsObject();
        inner.Remove("members");

        network.Damage(
            (list, new("no members", groups.ToJsonString())), ($"/api/2.0/preview/scim/v2/Groups/{inner["id"]}", new("nothing", "{}")));
        var decision = await client.DecideAsync([]);

        Assert.DoesNotContain(decision.Readers, reader => reader is "outer" or "ann@x.com" or "bob@x.com");
        Assert.Contains("?MEMBERSHIP_UNKNOWN outer 1", Case.Show(decision.Gaps));
    }

    [Theory]
    [InlineData("""{"columns":null}""", "does not list its columns")]
    [InlineData("""{"columns":[]}""", "does not list its columns")]
    [InlineData("""{"columns":[{"name":"id","type_text":"int","position":0},{"name":"born","type_text":"date","position":1}]}""", "does not list a column `ssn`")]
    [InlineData("""{"columns":[{"name":"id","type_text":"int","position":0},{"name":"ssn","type_text":"string","position":2}]}""", "does not list all of its columns")]
    [InlineData("""{"columns":[{"name":"ssn","type_text":"string"},{"type_text":"int"}]}""", "does not name each of its columns")]
    public async Task Whom_a_mask_concerns_does_not_read_a_table_whose_columns_are_not_told(string damage, string reason)
    {
        var @case = CaseOf("masked user");
        await lab.PrepareAsync(@case, Data.People);
        var network = new DamagedNetwork(lab.Http);
        using var client = new WorkspaceClient(network, @case);
        await client.DecideAsync([]);
        var (asked, body) = network.Answers.Single(answer => answer.Key.Contains("/tables/", StringComparison.Ordinal));
        var table = JsonNode.Parse(body)!;
        table["columns"] = JsonNode.Parse(damage)!["columns"]?.DeepClone();

        network.Damage((asked, new("columns", table.ToJsonString())));
        var decision = await client.DecideAsync([]);

        Assert.Empty(decision.Plan.Statements);
        Assert.DoesNotContain(decision.Readers, reader => reader is "account users" or "ann@x.com");
        Assert.Contains("bob@x.com", decision.Readers);
        Assert.Contains(decision.Gaps, gap => gap is { Code: GapCode.GuardUnavailable, Principal: "ann@x.com" } && gap.Detail!.Contains(reason, StringComparison.Ordinal));
    }

    private static Case CaseOf(string scene)
    {
        var account = new Account();
        account.Users.AddRange(["ann@x.com", "bob@x.com", "cat@x.com", "0f8fad5b-d9cb-469f-a165-70867728950e"]);
        account.Groups.Add(("inner", ["ann@x.com"], false));
        account.Groups.Add(("outer", ["inner", "bob@x.com"], false));
        account.Groups.Add(("local", ["cat@x.com"], true));
        account.Groups.Add(("nobody", [], false));
        var @case = new Case { Account = account };
        return scene switch
        {
            "denied group" => @case.Allow("#outer").Add(Deny("#inner"), null),
            "denied group, user allowed" => @case.Allow("ann@x.com", "cat@x.com").Add(Deny("#inner", "#local", "#nobody"), null),
            "everybody but a group" => @case.Allow("#public").Add(Deny("#inner", "#nobody"), null),
            "masked user" => @case.Allow("#public").Mask("ssn", ("ann@x.com", "MASK_NULL")),
            "masked local group" => @case.Allow("#public").Mask("ssn", ("#local", "MASK_NULL"), ("#inner", "MASK_NULL")),
            "filtered group" => @case.Allow("#public").Filter(("#inner|#local", "id = 2")).Mask("born", ("#outer", "MASK_NONE"), ("#public", "MASK_NULL")),
            "masked owner" => @case.Allow("#public").Mask("ssn", ("{OWNER}", "MASK_NULL"), ("bob@x.com", "MASK_NULL")),
            "denied column" => WithColumnsMasked(@case.Allow("#public").Add(Deny("#inner", "#local"), "ssn")),
            "tagged column" => @case.Allow("#public").AddTagged(Case.MaskPolicy(("#inner|#local", "databricks_unity_catalog:MASK_NULL")), "PII", "ssn"),
            _ => throw new ArgumentOutOfRangeException(nameof(scene)),
        };
    }

    private static Case WithColumnsMasked(Case @case)
    {
        @case.Sync.MaskDeniedColumns = true;
        return @case;
    }

    private static RangerPolicy Deny(params string[] who) => new() { DenyPolicyItems = [Case.Named(new RangerPolicyItem(), who)] };
}
