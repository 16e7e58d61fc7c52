using System.Text.Json.Nodes;
using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests.Generated;

/// <summary>The OpenAPI document keeps the rules of Spectral, Azure and Redocly. <c>deploy/api-tools/lint.mjs</c> has the exceptions.</summary>
[Collection(LiveServiceCollection.Name)]
public sealed class DocumentRules(LiveService service)
{
    [NeedsApiTools]
    public async Task The_document_keeps_the_rules_of_Spectral_Azure_and_Redocly()
    {
        var found = await LintAsync(await service.DocumentAsync());

        Assert.False(found.Contains(" at ", StringComparison.Ordinal), found);
    }

    [NeedsApiTools]
    public async Task A_fault_is_named_by_each_of_them()
    {
        var document = JsonNode.Parse(await service.DocumentAsync())!;
        document["info"]!.AsObject().Remove("license");
        document["paths"]!["/policysync/api/v1/tasks/{taskId}"]!["get"]!["parameters"]![0]!.AsObject().Remove("schema");
        document["components"]!["schemas"]!["SyncTask"]!["properties"]!["message"]!.AsObject().Remove("description");

        var found = await LintAsync(document.ToJsonString());

        Assert.Contains("spectral info-license", found, StringComparison.Ordinal);
        Assert.Contains("spectral PropertyDescription", found, StringComparison.Ordinal); // a rule of Azure's
        Assert.Contains("redocly ", found, StringComparison.Ordinal);
    }

    private static async Task<string> LintAsync(string document)
    {
        using var tools = new ApiTools();
        tools.Bring(Path.Combine(Repository.Root, "deploy", "api-tools", "lint.mjs"));
        tools.Write("document.json", document);
        return await tools.NodeAsync("lint.mjs", "document.json");
    }
}
