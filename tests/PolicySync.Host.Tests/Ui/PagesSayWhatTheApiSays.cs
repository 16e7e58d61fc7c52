using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using PolicySync.Core.Drift;
using PolicySync.Core.Reports.Index;
using PolicySync.Core.Securables;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Ui;

/// <summary>Lists of the page have the items of the API, in its order, and nothing else; for an estate that is made at random.</summary>
public sealed class PagesSayWhatTheApiSays : PageTest
{
    private const string Api = "/policysync/api/v1";

    private readonly Random _random = new(20261130);

    [Fact]
    public async Task Lists_of_a_random_estate_have_the_items_of_the_API_in_its_order()
    {
        await MakeAsync();
        var browser = await SignedInAsync();
        foreach (var query in new[] { "", "securable=c1", "status=FAILED", "status=EXPOSED", "status=DRIFTED", "type=schema", "securable=c2.s*.t1*" })
        {
            await CompareAsync(browser, $"{Api}/securables?pageSize=100&{query}", $"/ui/securables?{InPage(query)}", "securables", item =>
                $"{Type(item)} {item["fullName"]} {StatusOf((string)item["status"]!)}");
        }

        await CompareAsync(browser, $"{Api}/catalogs", "/ui", "catalogs", CountsOf);
        await CompareAsync(browser, $"{Api}/drift?pageSize=100", "/ui/drift", "drift", item => $"{Type(item)} {item["fullName"]}");
        await CompareAsync(browser, $"{Api}/principals/ann@x.io/access?pageSize=100", "/ui/principals/ann@x.io", "reaches", item => $"{Type(item)} {item["fullName"]}");
    }

    // Each item is in the words of the page, after the one before it.
    private async Task CompareAsync(Browser browser, string api, string page, string list, Func<JsonObject, string> words)
    {
        var items = JsonNode.Parse(await Host.Client.GetStringAsync(api))![list]!.AsArray().Select(item => words(item!.AsObject())).ToList();
        var shown = Pages.Words(await browser.OpenAsync(page));
        var at = 0;
        foreach (var item in items)
        {
            var next = shown.IndexOf(item, at, StringComparison.Ordinal);
            Assert.True(next >= 0, $"{page} does not show `{item}` after {at}: {shown[at..Math.Min(shown.Length, at + 600)]}");
            at = next + 1;
        }

        Assert.NotEmpty(items);
        if (list == "securables")
        {
            Assert.Contains(items.Count == 1 ? "1 securable on this page" : $"{items.Count} securables on this page", shown, StringComparison.Ordinal);
        }
    }

    // The page writes a status in its filter as it shows it.
    private static string InPage(string query) => query.Split("status=") is [var before, var status] ? $"{before}status={StatusOf(status)}" : query;

    private static string CountsOf(JsonObject item)
    {
        var name = (string)item["name"]! is { Length: > 0 } given ? given : "beside catalogs";
        return $"{name} {item["securables"]} {item["inSync"]} {Sign(item, "inSync", "In sync")}{item["drifted"]} {Sign(item, "drifted", "Drifted")}"
            + $"{item["exposed"]} {Sign(item, "exposed", "Exposed")}{item["failed"]}";
    }

    private static string Type(JsonObject item) => ((string)item["type"]!).Replace('_', ' ');

    private static string StatusOf(string wire) => wire switch { "IN_SYNC" => "In sync", "FAILED" => "Failed", "EXPOSED" => "Exposed", _ => "Drifted" };

    // A count that leads to its list has its status as hidden words.
    private static string Sign(JsonObject item, string count, string words) => (int)item[count]! > 0 && ((string)item["name"]!).Length > 0 ? words + " " : "";

    private async Task MakeAsync()
    {
        var index = Host.Services.GetRequiredService<IAccessIndex>();
        for (var i = 0; i < 300; i++)
        {
            var (catalog, schema) = ($"c{_random.Next(4)}", $"s{_random.Next(5)}");
            var securable = _random.Next(5) switch
            {
                0 => Securable.Schema(catalog, schema),
                1 => Securable.Of(SecurableType.ExternalLocation, $"lake<b>{i}"),
                _ => Securable.Table(catalog, schema, $"t{i}{(_random.Next(6) == 0 ? "<i>&" : "")}"),
            };
            var rows = new Dictionary<string, string?>
            {
                [AccessIndexKey.OfPrincipal("ann@x.io")] = JsonSerializer.Serialize(new IndexedPrincipal { Name = "ann@x.io", Grants = [new IndexedGrant { Privilege = "SELECT" }] }),
            };
            if (_random.Next(8) > 0)
            {
                rows[AccessIndexKey.OfSecurables(securable.CatalogName)] =
                    JsonSerializer.Serialize(new IndexedSummary { Own = _random.Next(3), Gaps = _random.Next(4), Exposed = _random.Next(5) == 0 ? 1 : 0 });
            }

            if (rows.Count == 1 || _random.Next(10) == 0)
            {
                rows[AccessIndexKey.OfFailures(securable.CatalogName)] = IndexedSecurable.RowOf(new IndexedFailure { Code = "PERMISSION_DENIED" });
            }

            await index.WriteAsync(securable, rows, default);
            if (securable.CatalogName is { } name)
            {
                await index.WriteAsync(Securable.Catalog(name), new Dictionary<string, string?> { [AccessIndexKey.Catalogs] = "{}" }, default);
            }

            if (_random.Next(6) == 0)
            {
                var record = DriftRecord.NoneOf(securable).After([TestDrift.Missing], _ => true, adds: true, TestDrift.Since);
                await Host.Drift.SetUnseenAsync(record);
            }
        }
    }
}
