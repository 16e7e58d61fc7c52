using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>The estate by status: on the overview, as a list, and below a container.</summary>
public sealed class SecurableListPagesTests : PageTest
{
    [Fact]
    public async Task The_overview_counts_the_securables_of_each_catalog_and_leads_to_them()
    {
        await RecordAsync();

        var page = await OpenAsync("/ui");

        Assert.Contains("main 4 1 In sync 1 Drifted 1 Exposed 1 Failed", Pages.Words(page), StringComparison.Ordinal);
        Assert.Contains("href=\"/ui/securables?securable=main&amp;status=Failed\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_shows_status_numbers_and_why_a_sync_failed()
    {
        await RecordAsync();

        var words = Pages.Words(await OpenAsync("/ui/securables?securable=main.s"));

        Assert.Contains("table main.s.broken Failed PERMISSION_DENIED not known", words, StringComparison.Ordinal);
        Assert.Contains("table main.s.open Exposed 2 of the service 1 of others filter, 2 masks 3 1 exposed", words, StringComparison.Ordinal);
        Assert.Contains("table main.s.moved Drifted 0 of the service – 0 1 difference", words, StringComparison.Ordinal);
        Assert.DoesNotContain("Next page", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_without_a_match_says_what_to_do_next()
    {
        var words = Pages.Words(await OpenAsync("/ui/securables?status=Failed"));

        Assert.Contains("Nothing that was synced matches", words, StringComparison.Ordinal);
        Assert.Contains("Start a task", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_shows_what_is_in_it_and_nothing_beside_it()
    {
        await RecordAsync();
        await WriteAsync(Securable.Table("main", "s2", "other"), AccessIndexKey.OfSecurables("main"), "{}");

        var words = Pages.Words(await OpenAsync("/ui/securables/schema/main.s"));

        Assert.Contains("What is in it", words, StringComparison.Ordinal);
        Assert.Contains("table main.s.calm In sync", words, StringComparison.Ordinal);
        Assert.DoesNotContain("main.s2.other", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_has_a_hundred_of_thousands_and_leads_to_the_next()
    {
        for (var i = 0; i < 250; i++)
        {
            await WriteAsync(Securable.Table("main", "many", $"t{i:000}"), AccessIndexKey.OfSecurables("main"), "{}");
        }

        var browser = await SignedInAsync();
        var first = await browser.OpenAsync("/ui/securables?securable=main.many");
        var next = first.Split("rel=\"next\" href=\"")[1].Split('"')[0];

        Assert.Contains("100 securables on this page", Pages.Words(first), StringComparison.Ordinal);
        Assert.Contains("main.many.t150", await browser.OpenAsync("/ui/securables" + System.Net.WebUtility.HtmlDecode(next)), StringComparison.Ordinal);
    }

    private async Task RecordAsync()
    {
        await WriteAsync(Securable.Table("main", "s", "calm"), AccessIndexKey.OfSecurables("main"), "{}");
        await WriteAsync(Securable.Table("main", "s", "moved"), AccessIndexKey.OfSecurables("main"), "{}");
        await WriteAsync(
            Securable.Table("main", "s", "open"), AccessIndexKey.OfSecurables("main"), """{"own":2,"foreign":1,"filters":true,"masks":2,"gaps":3,"exposed":1}""");
        await WriteAsync(
            Securable.Table("main", "s", "broken"), AccessIndexKey.OfFailures("main"), IndexedSecurable.RowOf(new IndexedFailure { Code = "PERMISSION_DENIED" }));
        await Host.Drift.AddAsync("moved", TestDrift.Missing);
    }

    private async Task WriteAsync(Securable securable, string key, string content)
    {
        var index = Host.Services.GetRequiredService<IAccessIndex>();
        await index.WriteAsync(Securable.Catalog("main"), new Dictionary<string, string?> { [AccessIndexKey.Catalogs] = "{}" }, default);
        await index.WriteAsync(securable, new Dictionary<string, string?> { [key] = content }, default);
    }
}
