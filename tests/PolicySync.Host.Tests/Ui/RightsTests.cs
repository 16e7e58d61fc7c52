using System.Net;
using System.Text.Json.Nodes;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>What a token may not do is not offered, and is refused all the same.</summary>
public sealed class RightsTests : PageTest
{
    /// <summary>A page, what only some are offered on it, and who.</summary>
    [Theory]
    [InlineData("/ui", ">New task<", "policysync.tasks")]
    [InlineData("/ui/tasks", ">New task<", "policysync.tasks")]
    [InlineData("/ui/tasks/new", ">Create task<", "policysync.tasks")]
    [InlineData("/ui/drift", ">Adopt<", "policysync.tasks")]
    [InlineData("/ui/drift", ">Repair <", "policysync.tasks")]
    [InlineData("/ui/drift", ">Ignore<", "policysync.tasks")]
    [InlineData("/ui/plans", ">New plan<", "policysync.tasks")]
    [InlineData("/ui/plans/new", ">Make plan<", "policysync.tasks")]
    [InlineData("/ui/policies/1", ">What if it changed?<", "policysync.tasks")]
    [InlineData("/ui/securables/table/main.s.recorded", ">Sync<", "policysync.tasks")]
    [InlineData("/ui/securables/table/main.s.recorded", ">Suspend<", "policysync.ops")]
    [InlineData("/ui/suspensions", ">Suspend<", "policysync.ops")]
    [InlineData("/ui/health", "href=\"/metrics\"", "policysync.ops")]
    [InlineData("/ui", "href=\"/dashboard/\"", "policysync.ops")]
    public async Task What_a_token_may_not_do_is_not_offered(string path, string offer, string scope)
    {
        await Host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);

        var without = await OpenAsync(path, "policysync.read");
        var with = await OpenAsync(path, $"policysync.read {scope}");

        Assert.Contains(offer, with, StringComparison.Ordinal);
        Assert.DoesNotContain(offer, without, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ui/tasks", "type=table&name=main.s.t&kind=sync", "policysync.tasks")]
    [InlineData("/ui/tasks/1/cancel", "", "policysync.tasks")]
    [InlineData("/ui/tasks/1/retry", "", "policysync.tasks")]
    [InlineData("/ui/drift/x/adopt", "", "policysync.tasks")]
    [InlineData("/ui/drift/x/repair", "", "policysync.tasks")]
    [InlineData("/ui/drift/x/ignore", "reason=a&end=2099-01-01T00:00", "policysync.tasks")]
    [InlineData("/ui/plans", "resources=table main.s.t", "policysync.tasks")]
    [InlineData("/ui/plans/1/apply", "", "policysync.tasks")]
    [InlineData("/ui/suspensions", "pattern=main&reason=a&end=2099-01-01T00:00", "policysync.ops")]
    [InlineData("/ui/suspensions/end", "pattern=main", "policysync.ops")]
    public async Task What_a_token_may_not_do_is_refused_and_the_page_names_the_scope(string path, string fields, string scope)
    {
        var browser = await SignedInAsync("policysync.read");

        using var answer = await browser.SubmitAsync(path, [.. fields.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => (field.Split('=')[0], field.Split('=', 2)[1]))]);

        Assert.Contains(scope, await answer.PageAsync(HttpStatusCode.Forbidden), StringComparison.Ordinal);
        Assert.Equal(0, Host.Store.Accepted);
    }

    [Fact]
    public async Task A_token_for_some_securables_sees_neither_policies_nor_checks_in_the_navigation()
    {
        var browser = await SignedInAsync("policysync.tasks", claims => claims["policysync.securables"] = new JsonArray("main.s"));

        var page = await browser.OpenAsync("/ui");
        var policies = await browser.OpenAsync("/ui/policies", HttpStatusCode.Forbidden);

        Assert.DoesNotContain("href=\"/ui/policies\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/ui/health\"", page, StringComparison.Ordinal);
        Assert.Contains("SECURABLE_NOT_ALLOWED", policies, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_for_operations_alone_sets_suspensions_and_reads_nothing()
    {
        var browser = await SignedInAsync("policysync.ops");

        Assert.Contains("This token does not open the API", await browser.OpenAsync("/ui"), StringComparison.Ordinal);
        Assert.Contains(">Suspend<", await browser.OpenAsync("/ui/suspensions"), StringComparison.Ordinal);
        await browser.OpenAsync("/ui/tasks", HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData("/ui/tasks")]
    [InlineData("/ui/tasks/new")]
    [InlineData("/ui/drift")]
    [InlineData("/ui/suspensions")]
    [InlineData("/ui/plans/new")]
    [InlineData("/ui/policies")]
    [InlineData("/ui/find")]
    [InlineData("/ui/explain")]
    public async Task Every_field_has_a_label_and_every_id_is_used_once(string path)
    {
        await Host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);

        var page = await OpenAsync(path);

        var labels = page.Split("for=\"").Skip(1).Select(part => part.Split('"')[0]).ToHashSet();
        var inLabels = string.Concat(page.Split("<label").Skip(1).Select(part => part.Split("</label>")[0]));
        foreach (var field in new[] { "<input", "<select", "<textarea" }.SelectMany(tag => page.Split(tag).Skip(1).Select(part => part.Split('>')[0])).Where(field => !field.Contains("type=\"hidden\"", StringComparison.Ordinal)))
        {
            var id = field.Contains(" id=\"", StringComparison.Ordinal) ? field.Split(" id=\"")[1].Split('"')[0] : null;
            Assert.True((id is not null && labels.Contains(id)) || inLabels.Contains(field, StringComparison.Ordinal), field);
        }

        var ids = page.Split(" id=\"").Skip(1).Select(part => part.Split('"')[0]).ToList();
        Assert.Equal(ids.Distinct(), ids);
    }
}
