using System.Net;
using System.Text;
using PolicySync.Core.Tasks;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>Pages with which people decide: drift, suspensions, plans.</summary>
public sealed class DecisionPagesTests : PageTest
{
    private static string Tomorrow => DateTimeOffset.UtcNow.AddDays(1).ToString("yyyy-MM-ddTHH:mm", System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_difference_is_listed_with_its_author_and_ignored_until_a_time_for_a_reason()
    {
        await Host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);
        var browser = await SignedInAsync();

        var list = Pages.Words(await browser.OpenAsync("/ui/drift"));
        using var ignored = await browser.SubmitAsync(
            $"/ui/drift/{TestDrift.IdOf("orders", TestDrift.Foreign)}/ignore", ("reason", $"known {Hostile.Replace("\a", "", StringComparison.Ordinal)}"), ("end", Tomorrow));
        var after = await browser.OpenAsync(ignored.LeadsTo());

        Assert.Contains("Grant of others MODIFY eve@x.io", list, StringComparison.Ordinal);
        Assert.Contains("a sync would grant SELECT ann@x.io #7 sales", list, StringComparison.Ordinal);
        Assert.Contains("mallory@x.io", list, StringComparison.Ordinal);
        Assert.Contains("Ignored", Pages.Words(after), StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_difference_is_repaired_by_a_task_and_a_grant_of_others_is_adopted()
    {
        await Host.Drift.AddAsync("orders", TestDrift.Missing, TestDrift.Foreign);
        var browser = await SignedInAsync();

        using var repaired = await browser.SubmitAsync($"/ui/drift/{TestDrift.IdOf("orders", TestDrift.Missing)}/repair");
        using var adopted = await browser.SubmitAsync($"/ui/drift/{TestDrift.IdOf("orders", TestDrift.Foreign)}/adopt");

        Assert.StartsWith("/ui/tasks/", repaired.LeadsTo(), StringComparison.Ordinal);
        Assert.Equal("/ui/drift?done=adopted", adopted.LeadsTo());
        Assert.Contains("The grant was adopted.", await browser.OpenAsync(adopted.LeadsTo()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_that_the_API_refuses_is_shown_with_its_reason()
    {
        await Host.Drift.AddAsync("orders", TestDrift.Missing);
        var browser = await SignedInAsync();
        var id = TestDrift.IdOf("orders", TestDrift.Missing);

        using var adopted = await browser.SubmitAsync($"/ui/drift/{id}/adopt");
        using var past = await browser.SubmitAsync($"/ui/drift/{id}/ignore", ("reason", "x"), ("end", "2020-01-01T00:00"));
        using var nothing = await browser.SubmitAsync($"/ui/drift/{id}/ignore", ("end", Tomorrow));
        using var none = await browser.SubmitAsync("/ui/drift/nonsense/adopt");

        Assert.Contains("NOT_ADOPTABLE", await adopted.PageAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
        Assert.Contains("/endTime", WebUtility.HtmlDecode(await past.PageAsync(HttpStatusCode.BadRequest)), StringComparison.Ordinal);
        Assert.Contains("The reason is missing", await nothing.PageAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        await none.PageAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_suspension_is_set_listed_and_ended()
    {
        var browser = await SignedInAsync();

        Assert.Contains("Nothing is suspended", await browser.OpenAsync("/ui/suspensions"), StringComparison.Ordinal);
        using var set = await browser.SubmitAsync("/ui/suspensions", ("pattern", "main.sales.*"), ("reason", "an audit"), ("end", Tomorrow));
        var list = Pages.Words(await browser.OpenAsync(set.LeadsTo()));
        using var ended = await browser.SubmitAsync("/ui/suspensions/end", ("pattern", "main.sales.*"));
        using var again = await browser.SubmitAsync("/ui/suspensions/end", ("pattern", "main.sales.*"));

        Assert.Contains("The suspension is in force.", list, StringComparison.Ordinal);
        Assert.Contains("main.sales.* an audit", list, StringComparison.Ordinal);
        Assert.Equal("/ui/suspensions?done=resumed", ended.LeadsTo());
        await again.PageAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_plan_is_made_with_a_policy_from_a_file()
    {
        var browser = await SignedInAsync();
        const string policy = """{"id":1,"name":"sales","resources":{"catalog":{"values":["main"]},"schema":{"values":["sales"]},"table":{"values":["*"]}},"policyItems":[{"accesses":[{"type":"select"}],"users":["bob@x.io"]}]}""";

        using var made = await UploadAsync(browser, "table main.sales.customers\r\nschema main.hr\r\n", policy, "one");
        var page = Pages.Words(await browser.OpenAsync(made.LeadsTo()));
        using var damaged = await UploadAsync(browser, "table main.sales.customers", "{", "one");
        using var noName = await UploadAsync(browser, "main.sales.customers", null, "one");

        Assert.Equal((TaskTypes.Plan, 2), (Host.Store.LastRequest!.Type, Host.Store.LastRequest.Resources.Count));
        Assert.NotNull(Host.Store.LastRequest.Plan!.Candidate);
        Assert.Contains("with candidate policies", page, StringComparison.Ordinal);
        Assert.Contains("The file is not JSON", await damaged.PageAsync(HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("is not a type and a name", Pages.Words(await noName.PageAsync(HttpStatusCode.BadRequest)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_without_a_file_takes_the_current_policies_and_is_listed()
    {
        var browser = await SignedInAsync();

        using var made = await UploadAsync(browser, "table main.sales.customers", null, "one");
        var list = Pages.Words(await browser.OpenAsync("/ui/plans"));
        var confirm = await browser.OpenAsync($"{made.LeadsTo()}/apply");
        using var applied = await browser.SubmitAsync($"{made.LeadsTo()}/apply");

        Assert.Null(Host.Store.LastRequest!.Plan!.Candidate);
        Assert.Contains("table main.sales.customers", list, StringComparison.Ordinal);
        Assert.Contains("This plan cannot be applied", confirm, StringComparison.Ordinal);
        Assert.Contains("PLAN_OUTDATED", await applied.PageAsync(HttpStatusCode.Conflict), StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> UploadAsync(Browser browser, string resources, string? file, string what)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent(SealOf(browser)), "seal" },
            { new StringContent(resources), "resources" },
            { new StringContent(what), "what" },
        };
        if (file is not null)
        {
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(file)), "file", "policy.json");
        }

        return browser.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/ui/plans") { Content = form });
    }
}
