using System.Net;
using Microsoft.Extensions.Configuration;
using PolicySync.Host.Configuration;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Configuration;

public sealed class ConnectorFlagsTests
{
    private const string Api = "CONNECTOR_DATABRICKS_UNITY_CATALOG_API_SERVER_ENABLED";
    private const string Pipeline = "CONNECTOR_DATABRICKS_UNITY_CATALOG_ON_DEMAND_V2_ENABLED";
    private const string Events = "CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED";

    /// <summary>The vendor's variables, whether the API is served, and the one at fault with words of the reason.</summary>
    [Theory]
    [InlineData("", true, null, null)]
    [InlineData($"{Api}=true;{Pipeline}=true;{Events}=false", true, null, null)]
    [InlineData($"{Api}=True;{Pipeline}=", true, null, null)]
    [InlineData($"{Api}=false", false, null, null)]
    [InlineData($"{Api}=false;{Pipeline}=false", false, null, null)]
    [InlineData($"{Pipeline}=false", true, Api, $"needs {Pipeline}")]
    [InlineData($"{Api}=true;{Pipeline}=false", true, Api, $"needs {Pipeline}")]
    [InlineData($"{Api}=yes", true, Api, "must be `true` or `false`")]
    [InlineData($"{Events}=true", true, null, null)]
    [InlineData($"{Events}=on", true, Events, "must be `true` or `false`")]
    public void The_vendors_switches_keep_their_names_and_their_meaning(string variables, bool serves, string? key, string? reason)
    {
        var values = variables.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1]));

        var (flags, faults) = ConnectorFlags.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());

        Assert.Equal(serves, flags.ApiServer);
        Assert.Equal(key is null ? [] : [key], faults.Select(fault => fault.Key));
        Assert.All(faults, fault => Assert.Contains(reason!, fault.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_API_its_addresses_do_not_exist_and_health_does()
    {
        await using var host = await TestHost.StartAsync(settings: (Api, "false"));

        using var post = await host.Client.PostAsync(Send.Table);
        await post.ProblemAsync(HttpStatusCode.NotFound);
        using var live = await host.Anonymous.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }
}
