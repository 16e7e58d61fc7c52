using PolicySync.Client.Tests.Support;

namespace PolicySync.Client.Tests.Generated;

/// <summary>Clients that generators make of the document compile, and do the scenario against the service.</summary>
[Collection(LiveServiceCollection.Name)]
public sealed class GeneratedClients(LiveService service)
{
    private static readonly string Scenarios = Path.Combine(AppContext.BaseDirectory, "Generated", "Scenarios");

    [Fact]
    public async Task A_client_that_NSwag_makes_for_CSharp_does_the_scenario()
    {
        var program = await CSharpClient.CompileAsync(
            await service.DocumentAsync(), await File.ReadAllTextAsync(Path.Combine(Scenarios, "NSwagScenario.cs")));

        var report = await (Task<string>)program.Invoke(null, [service.Url, service.Token()])!;

        Assert.Equal(Scenario.Report, report);
    }

    [NeedsApiTools]
    public async Task A_client_of_openapi_typescript_and_openapi_fetch_does_the_scenario()
    {
        using var tools = new ApiTools();
        tools.Write("document.json", await service.DocumentAsync());
        tools.Write("package.json", """{ "type": "module" }""");
        tools.Bring(Path.Combine(Scenarios, "scenario.ts"));
        await tools.NodeAsync("node_modules/openapi-typescript/bin/cli.js", "document.json", "-o", "schema.d.ts");
        await tools.NodeAsync(
            "node_modules/typescript/bin/tsc", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2023,dom", "scenario.ts");

        var report = await tools.NodeAsync("scenario.js", service.Url.ToString(), service.Token());

        Assert.Equal(Scenario.Report, report.Trim());
    }
}
