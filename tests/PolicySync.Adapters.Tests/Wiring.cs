using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Tests.Support;
using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Core.Grants;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;

namespace PolicySync.Adapters.Tests;

public sealed class Wiring
{
    [Theory]
    [InlineData("token")]
    [InlineData("file")]
    [InlineData("client")]
    public void Every_port_is_there_with_nothing_but_options_and_logging(string credentials)
    {
        using var services = Services(options =>
        {
            options.Host = new Uri("https://workspace.example");
            _ = credentials switch
            {
                "token" => options.Token = "t",
                "file" => options.TokenFile = "f",
                _ => options.ClientId = "c",
            };
        });

        Assert.NotNull(services.GetRequiredService<IUnityCatalog>());
        Assert.NotNull(services.GetRequiredService<IPrincipalDirectory>());
        Assert.NotNull(services.GetRequiredService<IPolicySource>());
        Assert.NotNull(services.GetRequiredService<IPolicyCache>());
        Assert.NotNull(services.GetRequiredService<ITagSource>());
        Assert.False(services.GetRequiredService<RequestBudget>().IsThrottled);
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
        world.Workspace.ThenJson("{}");

        await world.Catalog.GetAsync(Securable.Catalog("c"), world.Meter, default);
        listener.RecordObservableInstruments();

        Assert.Equal(
            ["policysync.workspace.requests 1 method=GET status=200", "policysync.workspace.wait", "policysync.workspace.waiting 0"],
            seen.Order(StringComparer.Ordinal));
        Assert.Equal("PolicySync.Workspace", WorkspaceMetrics.MeterName);
    }

    private static ServiceProvider Services(Action<WorkspaceOptions> workspace)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure(workspace);
        services.AddPolicySyncAdapters();
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
