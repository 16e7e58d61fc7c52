using System.Globalization;
using System.Net;
using PolicySync.Deploy.Tests.Support;
using PolicySync.Host.Configuration;
using YamlDotNet.RepresentationModel;

namespace PolicySync.Deploy.Tests.Chart;

/// <summary>Whatever the configuration names can be reached through the chart's own network policy.</summary>
public sealed class NetworkReach
{
    private const string EveryUrl = "21-every-url.yaml";

    // Shown to people or compared, never called.
    private static readonly string[] NeverCalled = ["PolicySync:Metrics:DashboardUrl"];

    public static TheoryData<string> Examples => Example.Names;

    [Fact]
    public void The_documentation_has_values_of_the_chart() =>
        Assert.Contains(Example.All, example => example.Name.StartsWith("deployment-", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_URL_of_an_example_can_be_reached(string example)
    {
        var objects = await Example.Of(example).ObjectsAsync();
        foreach (var deployment in objects.Where(item => item.Kind == "Deployment"))
        {
            var environment = RenderedEnvironment.Of(objects, deployment);
            var addresses = environment.Where(pair => !IsNeverCalled(pair.Key)).SelectMany(pair => AddressesIn(pair.Value)).ToList();
            Assert.NotEmpty(addresses);
            Assert.All(addresses, address => Assert.True(CanReach(objects, deployment, address.Host, address.Port), $"{address.Host}:{address.Port} is blocked"));
            Assert.True(CanReach(objects, deployment, "account.table.core.windows.net", 443), "storage is blocked");
            if (environment.ContainsKey("CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED") || environment.ContainsValue("EventHub"))
            {
                Assert.True(CanReach(objects, deployment, "ns.servicebus.windows.net", 5671), "the event hub is blocked");
            }
        }
    }

    /// <summary>Whoever adds a setting for a URL adds it to the example, and sees that it can be reached.</summary>
    [Fact]
    public async Task The_example_of_every_URL_has_each_setting_that_is_one_on_a_port_of_its_own()
    {
        var objects = await Example.Of(EveryUrl).ObjectsAsync();
        var silo = objects.Single(item => item.Kind == "Deployment" && item.Name.EndsWith("-silo", StringComparison.Ordinal));
        var settings = RenderedEnvironment.Of(objects, silo).ToDictionary(pair => string.Join(':', pair.Key.Split("__").Select(part => part.All(char.IsAsciiDigit) ? "N" : part)), pair => pair.Value);
        var urls = ConfigurationKeys.All.Where(key => key.Type == typeof(Uri)).Select(key => key.Name).ToList();

        Assert.Contains("PolicySync:Workspace:Host", urls);
        Assert.Contains("PolicySync:Storage:ServiceUri", urls);
        Assert.All(urls, name => Assert.True(settings.ContainsKey(name), $"{EveryUrl} does not set {name}"));
        var ports = urls.ToDictionary(name => name, name => new Uri(settings[name]).Port);
        Assert.Equal(ports.Count, ports.Values.Distinct().Count());
        Assert.All(ports, pair => Assert.Equal(!NeverCalled.Contains(pair.Key), CanReach(objects, silo, "x.example", pair.Value)));
    }

    [Theory]
    [InlineData("01-split-token.yaml", "", "ranger.example", 6182, true)]
    [InlineData("01-split-token.yaml", "", "ranger.example", 6080, false)]
    [InlineData("01-split-token.yaml", "config.Policies.RangerAdmin.Url=http://ranger.example", "ranger.example", 80, true)]
    [InlineData("01-split-token.yaml", "config.Policies.RangerAdmin.Url=https://[2001:db8::1]:6083/x", "2001:db8::1", 6083, true)]
    [InlineData("01-split-token.yaml", "config.Policies.RangerAdmin.Url=http://localhost:6080", "10.0.0.1", 6080, false)]
    [InlineData("01-split-token.yaml", "silo.extraEnv[0].name=OTEL_EXPORTER_OTLP_ENDPOINT;silo.extraEnv[0].value=http://collector.example:4317", "collector.example", 4317, true)]
    [InlineData("02-single.yaml", "secrets.storageConnectionString.value=TableEndpoint=http://tables.example:10002/a;", "tables.example", 10002, true)]
    [InlineData("17-events.yaml", "config.Events.EventHub.WebSockets=true", "ns.servicebus.windows.net", 5671, false)]
    [InlineData("17-events.yaml", "config.Events.EventHub.WebSockets=true", "ns.servicebus.windows.net", 443, true)]
    [InlineData("15-entra-secret.yaml", "", "169.254.169.254", 80, false)]
    [InlineData("15-entra-secret.yaml", "config.Workspace.Azure.Credential=ManagedIdentity;secrets.workspaceAzureClientSecret.existingSecret=", "169.254.169.254", 80, true)]
    [InlineData("01-split-token.yaml", "networkPolicy.egressPorts[0]=8443", "proxy.example", 8443, true)]
    [InlineData("01-split-token.yaml", "networkPolicy.dnsPorts[0]=5353", "10.0.0.10", 5353, true)]
    public async Task A_port_is_open_because_a_URL_names_it_and_for_no_other_reason(string example, string settings, string host, int port, bool open)
    {
        var objects = await Helm.ObjectsAsync(Example.Of(example).Files, settings.Split(';', StringSplitOptions.RemoveEmptyEntries));
        var deployment = objects.First(item => item.Kind == "Deployment" && !item.Name.EndsWith("-gateway", StringComparison.Ordinal));
        Assert.Equal(open, CanReach(objects, deployment, host, port));
    }

    private static bool IsNeverCalled(string variable) =>
        NeverCalled.Contains(variable.Replace("__", ":", StringComparison.Ordinal)) || variable.EndsWith("__Issuer", StringComparison.Ordinal) || variable == "ASPNETCORE_URLS";

    private static IEnumerable<Uri> AddressesIn(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && !url.IsLoopback ? [url] : [];

    // As the API defines it: policies that select a pod add up, and a rule without `to` or without `ports` is for all.
    private static bool CanReach(IReadOnlyList<RenderedObject> objects, RenderedObject deployment, string host, int port)
    {
        var labels = (YamlMappingNode)deployment.At("spec", "template", "metadata", "labels")!;
        var policies = objects.Where(item => item.Kind == "NetworkPolicy"
            && ((YamlSequenceNode)item.At("spec", "policyTypes")!).Any(type => $"{type}" == "Egress")
            && ((YamlMappingNode)item.At("spec", "podSelector", "matchLabels")!).Children.All(pair => labels.Children.TryGetValue(pair.Key, out var value) && $"{value}" == $"{pair.Value}")).ToList();
        return policies.Count == 0 || policies.SelectMany(item => (YamlSequenceNode)item.At("spec", "egress")!).Cast<YamlMappingNode>().Any(rule => ReachesHost(rule, host) && HasPort(rule, port));
    }

    private static bool ReachesHost(YamlMappingNode rule, string host) =>
        !rule.Children.TryGetValue("to", out var to)
        || ((YamlSequenceNode)to).Cast<YamlMappingNode>().Any(peer => peer.Children.TryGetValue("ipBlock", out var block)
            && IPAddress.TryParse(host, out var address) && IPNetwork.Parse($"{block["cidr"]}").Contains(address));

    private static bool HasPort(YamlMappingNode rule, int port) =>
        !rule.Children.TryGetValue("ports", out var ports)
        || ((YamlSequenceNode)ports).Any(item => $"{item["protocol"]}" == "TCP" && $"{item["port"]}" == port.ToString(CultureInfo.InvariantCulture));
}
