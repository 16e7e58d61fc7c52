using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using PolicySync.Host.Configuration;

namespace PolicySync.Host.Tests.Configuration;

/// <summary>What the log shows of the configuration at the start.</summary>
public sealed partial class ConfigurationLineTests
{
    [Fact]
    public void Each_section_has_one_line_with_what_is_set_and_secrets_are_not_shown()
    {
        var lines = Lines(
            ("Workspace:Host", "https://adb-1.example"), ("Workspace:Token", "dapi-hunter2"), ("Workspace:RequestsPerSecond", "50"),
            ("Sync:Managed:Securables:Include:0", "main"), ("Sync:Managed:Securables:Include:1", "sales.*"),
            ("Webhooks:Endpoints:0:Name", "ops"), ("Webhooks:Endpoints:0:Url", "https://user:hunter2@hooks.example/services/hunter2?sig=hunter2"),
            ("Webhooks:Endpoints:0:Secret", "whsec_hunter2"), ("Storage:ConnectionString", "AccountKey=hunter2"), ("Storage:TablePrefix", "Finance"), ("Metrics:DashboardUrl", "https://grafana.example/d/1?token=hunter2"));

        Assert.Equal(lines.Count, lines.Select(line => line.Section).Distinct().Count());
        Assert.Equal("Host=https://adb-1.example, RequestsPerSecond=50, Token=set", Of("PolicySync:Workspace"));
        Assert.Equal("Managed:Securables:Include:0=main, Managed:Securables:Include:1=sales.*", Of("PolicySync:Sync"));
        Assert.Equal("Endpoints:0:Name=ops, Endpoints:0:Secret=set, Endpoints:0:Url=set", Of("PolicySync:Webhooks"));
        Assert.Equal("ConnectionString=set, TablePrefix=Finance", Of("PolicySync:Storage"));
        Assert.Equal("DashboardUrl=https://grafana.example/…", Of("PolicySync:Metrics"));
        Assert.Equal("defaults", Of("PolicySync:Tasks"));
        Assert.DoesNotContain(lines, line => line.Values.Contains("hunter2", StringComparison.Ordinal));

        string Of(string section) => lines.Single(line => line.Section == section).Values;
    }

    [Fact]
    public void A_gateway_has_no_line_of_what_only_silos_read() =>
        Assert.DoesNotContain(Lines(("Role", "Gateway")), line => line.Section is "PolicySync:Workspace" or "PolicySync:Webhooks");

    [Fact]
    public void A_long_value_is_cut()
    {
        var path = new string('a', 5_000);

        Assert.Equal($"Folder={path[..200]}…", Lines(("Policies:Folder", path)).Single(line => line.Section == "PolicySync:Policies").Values);
    }

    [Fact]
    public void Every_key_that_is_named_like_a_secret_is_one() => Assert.All(
        ConfigurationKeys.All.Where(key => NamesOfSecrets().IsMatch(key.Name)), key => Assert.True(key.IsSecret, key.Name));

    private static IReadOnlyList<ConfigurationLine> Lines(params (string Key, string Value)[] values) =>
        [.. Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(values.ToDictionary(pair => $"PolicySync:{pair.Key}", pair => (string?)pair.Value)).Build()).Settings.Lines()];

    [GeneratedRegex("(?<!Per)(Token|Password|Secret|ConnectionString|Key)$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex NamesOfSecrets();
}
