using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>Pages that answer who has access, why, and what a policy does.</summary>
public sealed class QuestionPagesTests : PageTest
{
    private const string Recorded = "/ui/securables/table/main.s.recorded";

    [Fact]
    public async Task A_securable_shows_what_is_recorded_without_the_workspace()
    {
        var words = Pages.Words(await OpenAsync(Recorded));

        Assert.Contains("ann@x.io Unknown SELECT grant here · policy #7 sales", words, StringComparison.Ordinal);
        Assert.Contains("Mask of column ssn", words, StringComparison.Ordinal);
        Assert.Contains("is_admin()", words, StringComparison.Ordinal);
        Assert.Contains("Read the workspace now", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_live_it_shows_paths_what_policy_says_and_what_it_cost_page_by_page()
    {
        var page = await OpenAsync("/ui/securables/table/main.s.orders?source=live");
        var words = Pages.Words(page);

        Assert.Contains("href=\"/ui/tasks/new?type=schema&amp;name=main.s&amp;kind=sync\">Sync container", page, StringComparison.Ordinal); // the remedy of a gap
        Assert.Contains("Read from the workspace by 3 requests, compared with policies 41", words, StringComparison.Ordinal);
        Assert.Contains("grant on schema main.s to staff (a member) · made by others", words, StringComparison.Ordinal);
        Assert.Contains("Denied #7 sales", words, StringComparison.Ordinal);
        Assert.Contains("Exposed", words, StringComparison.Ordinal);
        Assert.Contains("lacks USE_CATALOG", words, StringComparison.Ordinal);
        Assert.Contains("INHERITED_ACCESS", words, StringComparison.Ordinal);
        Assert.Contains("Next page", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workspace_that_does_not_answer_leaves_the_rest_of_the_page()
    {
        var words = Pages.Words(await OpenAsync("/ui/securables/table/main.s.refused?source=live"));

        Assert.Contains("No answer PERMISSION_DENIED: databricks refused", words, StringComparison.Ordinal);
        Assert.Contains("Last tasks", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_somebody_has_access_is_shown_as_the_trace_of_policies_and_the_paths_of_Unity_Catalog()
    {
        var words = Pages.Words(await OpenAsync("/ui/explain?type=table&name=main.s.orders&principal=ann@x.io&privilege=SELECT"));

        Assert.Contains("policy does not give it", words, StringComparison.Ordinal);
        Assert.Contains("Policy: Not allowed Unity Catalog gives it Exposed", words, StringComparison.Ordinal);
        Assert.Contains("#7 sales says denied decides", words, StringComparison.Ordinal);
        Assert.Contains("Deny item 1 names group staff by staff (Directory)", words, StringComparison.Ordinal);
        Assert.Contains("grant on schema main.s to staff", words, StringComparison.Ordinal);
        Assert.Contains("Outside schedule", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_question_that_cannot_be_asked_is_answered_with_the_words_of_the_API()
    {
        var browser = await SignedInAsync();

        var form = await browser.OpenAsync("/ui/explain?type=table&name=main.s.orders");
        var refused = await browser.OpenAsync("/ui/explain?type=table&name=main.s.orders&principal=a&privilege=NOT_ONE", HttpStatusCode.BadRequest);

        Assert.Contains("value=\"main.s.orders\"", form, StringComparison.Ordinal);
        Assert.Contains("NOT_ONE", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_reaches_what_groups_hold_and_a_policy_acts_where_it_is_recorded()
    {
        await WriteAsync(Securable.Schema("main", "s"), AccessIndexKey.OfPrincipal("staff"), new IndexedPrincipal
        {
            Name = "staff", Grants = [new IndexedGrant { Privilege = "SELECT", IsOurs = true, PolicyId = 1, PolicyName = "sales" }],
        });
        await WriteAsync(Securable.Table("main", "s", "a"), AccessIndexKey.OfPrincipal("ann@x.io"), new IndexedPrincipal { Name = "Ann@x.io", Owns = true, Grants = [new IndexedGrant { Privilege = "MODIFY" }] });
        await WriteAsync(Securable.Table("main", "s", "a"), AccessIndexKey.OfPolicy(1), new IndexedPolicy { Grants = [new PolicyGrant("staff", "SELECT")], GrantCount = 1, Filters = true });
        var browser = await SignedInAsync();

        var person = Pages.Words(await browser.OpenAsync("/ui/principals/ann@x.io"));
        var policy = Pages.Words(await browser.OpenAsync("/ui/policies/1"));
        var nobody = Pages.Words(await browser.OpenAsync($"/ui/principals/{Uri.EscapeDataString(Hostile.Replace("\a", "", StringComparison.Ordinal))}"));

        Assert.Contains("User Ann@x.io", person, StringComparison.Ordinal);
        Assert.Contains("leads staff", person, StringComparison.Ordinal);
        Assert.Contains("schema main.s member of staff SELECT and on everything in it #1 sales", person, StringComparison.Ordinal);
        Assert.Contains("table main.s.a itself owner", person, StringComparison.Ordinal);
        Assert.Contains("table main.s.a SELECT to staff row filter", policy, StringComparison.Ordinal);
        Assert.Contains("\"name\": \"sales\"", policy, StringComparison.Ordinal);
        Assert.Contains("The directory of the workspace does not list this name", nobody, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?kind=Tag", "pii", "masks")]
    [InlineData("?text=analysts", "sales", "masks")]
    [InlineData("?enabled=no", "filters", "masks")]
    [InlineData("?zone=eu", "of the zone", "masks")]
    public async Task Policies_are_filtered_as_the_API_does_it(string query, string shown, string other)
    {
        var words = Pages.Words(await OpenAsync($"/ui/policies{query}"));

        Assert.Contains(shown, words, StringComparison.Ordinal);
        Assert.DoesNotContain($" {other} ", words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("table", "main.s.t", "/ui/securables/table/main.s.t")]
    [InlineData("principal", "a b@x.io", "/ui/principals/a%20b%40x.io")]
    [InlineData("external_location", "a.b/c", "/ui/securables/external_location/a.b%2Fc")]
    public async Task A_name_leads_to_its_page(string type, string name, string page)
    {
        using var answer = await (await SignedInAsync()).GetAsync($"/ui/find?type={type}&name={Uri.EscapeDataString(name)}");

        Assert.Equal(page, answer.LeadsTo());
    }

    [Fact]
    public async Task A_name_that_cannot_be_is_refused_and_no_name_shows_the_form()
    {
        var browser = await SignedInAsync();

        Assert.Contains("A person or group", await browser.OpenAsync("/ui/find"), StringComparison.Ordinal);
        await browser.OpenAsync("/ui/find?type=table&name=main", HttpStatusCode.BadRequest);
        await browser.OpenAsync("/ui/securables/table/main", HttpStatusCode.NotFound);
        await browser.OpenAsync("/ui/policies/999", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Checks_are_shown_with_their_remedies()
    {
        var words = Pages.Words(await OpenAsync("/ui/health"));

        Assert.Contains("Storage OK answers", words, StringComparison.Ordinal);
        Assert.Contains("Warehouse Attention not set What to do: Set it.", words, StringComparison.Ordinal);
        Assert.Contains("Policies Failed no answer What to do: Mend it.", words, StringComparison.Ordinal);
    }

    private Task WriteAsync<T>(Securable securable, string key, T row) => Host.Services.GetRequiredService<IAccessIndex>().WriteAsync(
        securable, new Dictionary<string, string?> { [key] = JsonSerializer.Serialize(row) }, default);
}
