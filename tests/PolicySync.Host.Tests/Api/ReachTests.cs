using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Api;

/// <summary>What a principal reaches and where a policy acts, on the wire.</summary>
public sealed class ReachTests : IAsyncLifetime
{
    private const string Ann = "/policysync/api/v1/principals/ann@x.io/access";
    private const string Effects = "/policysync/api/v1/policies/7/effects";

    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        await WriteAsync(Securable.Schema("main", "s"), AccessIndexKey.OfPrincipal("staff"), new IndexedPrincipal
        {
            Name = "staff", Grants = [new IndexedGrant { Privilege = "SELECT", IsOurs = true, PolicyId = 7, PolicyName = "sales", TaskId = "77", Since = DateTimeOffset.UnixEpoch }],
        });
        foreach (var table in new[] { "a", "b", "c" })
        {
            await WriteAsync(Securable.Table("main", "s", table), AccessIndexKey.OfPrincipal("ann@x.io"), new IndexedPrincipal
            {
                Name = "Ann@x.io", Owns = table == "a", Grants = [new IndexedGrant { Privilege = "MODIFY" }],
            });
            await WriteAsync(Securable.Table("main", "s", table), AccessIndexKey.OfPolicy(7), new IndexedPolicy { Grants = [new PolicyGrant("staff", "SELECT")], GrantCount = 1, Filters = table == "a" });
        }

        await WriteAsync(Securable.Table("main", "s", "a"), AccessIndexKey.OfGaps(7), new IndexedGaps { Gaps = [new IndexedGap(GapCode.GroupExpanded, GapDirection.Withheld, "staff", "SELECT")], GapCount = 1 });
        await WriteAsync(Securable.Table("main", "s", "d"), AccessIndexKey.OfGaps(7), new IndexedGaps { Gaps = [new IndexedGap(GapCode.PrincipalUnknown, GapDirection.Withheld, null, null)], GapCount = 1 });
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_principal_reaches_what_it_holds_itself_and_what_its_groups_hold()
    {
        using var answer = await _host.Client.GetAsync($"{Ann}?pageSize=3");

        var shown = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        var token = (string)shown["nextPageToken"]!;
        Assert.Equal(("Ann@x.io", "USER"), ((string?)shown["principal"], (string?)shown["kind"]));
        Assert.Equal("""{"type":"table","fullName":"main.s.a","grantee":"Ann@x.io","owner":true,"grants":[{"privilege":"MODIFY","origin":"FOREIGN"}]}""", shown["reaches"]![0]!.ToJsonString());
        using var next = await _host.Client.GetAsync($"{Ann}?pageSize=3&pageToken={token}");
        Assert.Equal(
            """{"principal":"Ann@x.io","kind":"USER","groups":["leads","staff"],"reaches":[{"type":"schema","fullName":"main.s","grantee":"staff","membership":true,"grants":[{"privilege":"SELECT","handedDown":true,"origin":"OURS","policyId":7,"policyName":"sales","taskId":"77","since":"1970-01-01T00:00:00Z"}]}]}""",
            await next.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_token_for_some_securables_sees_only_those()
    {
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.s.b"));

        using var answer = await limited.GetAsync(Ann);

        var reached = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["reaches"]!.AsArray();
        Assert.Equal(["main.s.b"], reached.Select(row => (string?)row!["fullName"]));
    }

    [Fact]
    public async Task A_policy_shows_where_it_acts_and_what_it_could_not_do_in_pages_by_name()
    {
        using var first = await _host.Client.GetAsync($"{Effects}?pageSize=2");

        var shown = JsonNode.Parse(await first.Content.ReadAsStringAsync())!;
        Assert.Equal(
            """{"type":"table","fullName":"main.s.a","grants":[{"principal":"staff","privilege":"SELECT"}],"grantCount":1,"rowFilter":true,"maskedColumns":[],"gaps":[{"code":"GROUP_EXPANDED","direction":"WITHHELD","principal":"staff","privilege":"SELECT"}],"gapCount":1}""",
            shown["effects"]![0]!.ToJsonString());
        using var rest = await _host.Client.GetAsync($"{Effects}?pageSize=2&pageToken={(string)shown["nextPageToken"]!}");
        var last = JsonNode.Parse(await rest.Content.ReadAsStringAsync())!;
        Assert.Equal(["main.s.c", "main.s.d"], last["effects"]!.AsArray().Select(effect => (string?)effect!["fullName"]));
        Assert.Null(last["nextPageToken"]);
    }

    [Fact]
    public async Task What_is_not_a_page_token_of_the_list_is_refused_and_an_unknown_principal_holds_nothing()
    {
        using var first = await _host.Client.GetAsync($"{Effects}?pageSize=1");
        var token = (string)JsonNode.Parse(await first.Content.ReadAsStringAsync())!["nextPageToken"]!;
        using var refused = await _host.Client.GetAsync($"{Ann}?pageToken={token}");
        using var unknown = await _host.Client.GetAsync("/policysync/api/v1/principals/a%2Fb/access");
        using var limited = _host.ClientWith(_host.Signer.Token(claims => claims["policysync.securables"] = "main.s.b"));
        using var hidden = await limited.GetAsync(Effects);

        await refused.ProblemAsync(HttpStatusCode.BadRequest);
        Assert.Equal("""{"principal":"a/b","kind":"UNKNOWN","groups":[],"reaches":[]}""", await unknown.Content.ReadAsStringAsync());
        await hidden.ProblemAsync(HttpStatusCode.Forbidden);
    }

    private Task WriteAsync<T>(Securable securable, string key, T content) => _host.Services.GetRequiredService<IAccessIndex>()
        .WriteAsync(securable, new Dictionary<string, string?> { [key] = JsonSerializer.Serialize(content) }, default);
}
