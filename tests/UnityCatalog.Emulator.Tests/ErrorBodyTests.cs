using System.Text;

namespace UnityCatalog.Emulator.Tests;

/// <summary>Every error body, whole, against a file that is read in review.</summary>
public class ErrorBodyTests
{
    private static readonly (string Method, string Path, string? Body, string? Token)[] Requests =
    [
        ("GET", "/catalogs", null, null),
        ("GET", "/catalogs", null, "made-up"),
        ("GET", "/nothing-here", null, Emulator.PolicySync),
        ("GET", "/catalogs/nope", null, Emulator.PolicySync),
        ("GET", "/schemas/main.nope", null, Emulator.PolicySync),
        ("GET", "/tables/main.sales.nope", null, Emulator.PolicySync),
        ("GET", "/functions/main.sales.nope", null, Emulator.PolicySync),
        ("GET", "/volumes/main.sales.nope", null, Emulator.PolicySync),
        ("GET", "/models/main.sales.nope", null, Emulator.PolicySync),
        ("GET", "/external-locations/nope", null, Emulator.PolicySync),
        ("GET", "/tables/main.sales", null, Emulator.PolicySync),
        ("GET", "/tables", null, Emulator.PolicySync),
        ("GET", "/permissions/view/main.sales.revenue_by_region", null, Emulator.PolicySync),
        ("GET", "/permissions/table/main.sales.customers?max_results=10", null, Emulator.PolicySync),
        ("GET", "/tables/main.sales.customers", null, Emulator.Analyst),
        ("PATCH", "/permissions/table/main.reference.countries", """{"changes":[]}""", Emulator.Analyst),
        ("PATCH", "/permissions/table/main.sales.customers", """{"changes":[{"principal":"users","add":["SELECT"]}]}""", Emulator.PolicySync),
        ("PATCH", "/permissions/table/main.sales.customers", """{"changes":[{"principal_id":5,"add":["SELECT"]}]}""", Emulator.PolicySync),
        ("PATCH", "/permissions/table/main.sales.customers", """{"changes":[{"add":["SELECT"]}]}""", Emulator.PolicySync),
        ("PATCH", "/permissions/table/main.sales.customers", """{"changes":[{"principal":"analysts","add":["SELECT"],"remove":["SELECT"]}]}""", Emulator.PolicySync),
        ("PATCH", "/permissions/volume/main.sales.contracts_scanned", """{"changes":[{"principal":"analysts","add":["USE CONNECTION"]}]}""", Emulator.PolicySync),
        ("POST", "/schemas", """{"name":"a b","catalog_name":"main"}""", Emulator.Admin),
        ("POST", "/catalogs", """{"name":"main"}""", Emulator.Admin),
        ("DELETE", "/schemas/main.sales", null, Emulator.Admin),
        ("GET", "/api/2.0/preview/scim/v2/Users/1", null, Emulator.PolicySync),
        ("GET", "/api/2.0/preview/scim/v2/Me", null, null),
    ];

    [Fact]
    public async Task Error_bodies_are_the_reviewed_ones()
    {
        await using var emulator = await Emulator.StartAsync();
        var actual = new StringBuilder();
        foreach (var (method, path, body, token) in Requests)
        {
            var answer = await emulator.SendAsync(method, path, body, token);
            actual.Append(method).Append(' ').Append(path).Append('\n');
            actual.Append(answer.Status).Append(' ').Append(answer.Text).Append("\n\n");
        }

        var folder = Path.GetDirectoryName(typeof(ErrorBodyTests).Assembly.Location)!;
        await File.WriteAllTextAsync(Path.Combine(folder, "ErrorBodies.actual.txt"), actual.ToString());
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(folder, "ErrorBodies.golden.txt")), actual.ToString());
    }
}
