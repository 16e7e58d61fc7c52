using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Adapters.Workspaces;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Core.Telemetry;

namespace PolicySync.Adapters.Tests;

public sealed class Wiring
{
    [Theory]
    [InlineData("token")]
    [InlineData("file")]
    [InlineData("client")]
    [InlineData("azure")]
    public void Every_port_is_there_with_nothing_but_options_and_logging(string credentials)
    {
        using var services = Services(options =>
        {
            options.Host = new Uri("https://workspace.example");
            _ = credentials switch
            {
                "token" => options.Token = "t",
                "file" => options.TokenFile = "f",
                "azure" => options.Azure.ClientId = $"{options.Azure.Credential = AzureCredentialKind.ManagedIdentity}",
                _ => options.ClientId = "c",
            };
        });

        Assert.NotNull(services.GetRequiredService<IUnityCatalog>());
        Assert.NotNull(services.GetRequiredService<IPrincipalDirectory>());
        Assert.NotNull(services.GetRequiredService<IPolicySource>());
        Assert.NotNull(services.GetRequiredService<IPolicyCache>());
        Assert.NotNull(services.GetRequiredService<ITagSource>());
    }

    [Fact]
    public void Without_credentials_the_fault_names_the_keys()
    {
        using var services = Services(options => options.Host = new Uri("https://workspace.example"));

        var fault = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IUnityCatalog>);

        Assert.Contains("PolicySync:Workspace needs Token, TokenFile, or ClientId", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_keep_their_names()
    {
        using var world = new World();
        var seen = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                // The tests of other classes publish the same meter; this one's has its own factory.
                if (instrument.Meter.Name == "PolicySync.Workspace" && instrument.Meter.Scope == world.Get<IMeterFactory>())
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen.Enqueue($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"));
        listener.SetMeasurementEventCallback<double>((instrument, _, _, _) => seen.Enqueue(instrument.Name));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen.Enqueue($"{instrument.Name} {value}"));
        listener.Start();
        world.Workspace.ThenError(429).ThenJson("""{"name":"c"}""");

        var read = world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);
        await world.Time.PassAsync(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(0.5));
        await read;
        listener.RecordObservableInstruments();

        Assert.Equal(
            [
                "policysync.workspace.budget", "policysync.workspace.budget.total",
                "policysync.workspace.refused 0 ", "policysync.workspace.refused 1 ",
                "policysync.workspace.requests 1 method=GET route=/api/2.1/unity-catalog/catalogs/{} status=200",
                "policysync.workspace.requests 1 method=GET route=/api/2.1/unity-catalog/catalogs/{} status=429",
                "policysync.workspace.wait", "policysync.workspace.wait", "policysync.workspace.waiting 0",
            ],
            seen.Order(StringComparer.Ordinal));
        Assert.Equal("PolicySync.Workspace", MetricNames.WorkspaceMeter);
    }

    [Theory]
    [InlineData("/api/2.1/unity-catalog/permissions/table/main.sales.customers?max_results=0", "/api/2.1/unity-catalog/permissions/{}/{}")]
    [InlineData("/api/2.1/unity-catalog/catalogs/tables", "/api/2.1/unity-catalog/catalogs/{}")]
    [InlineData("/api/2.1/unity-catalog/tables?catalog_name=main", "/api/2.1/unity-catalog/tables")]
    [InlineData("/api/2.1/unity-catalog/tables/a%2Fb.c.d", "/api/2.1/unity-catalog/tables/{}")]
    [InlineData("/api/2.1/unity-catalog/entity-tag-assignments/columns/a.b.c.d/tags", "/api/2.1/unity-catalog/entity-tag-assignments/{}/{}/tags")]
    [InlineData("/api/2.0/preview/scim/v2/Groups/17", "/api/2.0/preview/scim/v2/Groups/{}")]
    [InlineData("/api/2.0/sql/statements/01ef-0/cancel", "/api/2.0/sql/statements/{}/cancel")]
    [InlineData("/oidc/v1/token", "/oidc/v1/token")]
    [InlineData("/", "/{}")]
    public void Routes_of_metrics_hold_no_names(string address, string route) =>
        Assert.Equal(route, RouteTemplate.Of(new Uri("https://workspace.example" + address)));

    private static ServiceProvider Services(Action<WorkspaceOptions> workspace)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure(workspace);
        services.AddPolicySyncAdapters();
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
