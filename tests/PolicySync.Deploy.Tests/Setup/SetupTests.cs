using System.Text;
using System.Text.Json;
using PolicySync.Deploy.Tests.Support;

namespace PolicySync.Deploy.Tests.Setup;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class SetupTests : IDisposable
{
    private const string Api = "CONNECTOR_DATABRICKS_UNITY_CATALOG_API_SERVER_ENABLED";
    private const string Pipeline = "CONNECTOR_DATABRICKS_UNITY_CATALOG_ON_DEMAND_V2_ENABLED";
    private const string External = "CONNECTOR_DATABRICKS_UNITY_CATALOG_EXTERNAL_ACCESS_ENABLED";
    private const string Ingress = "CONNECTOR_DATABRICKS_UNITY_CATALOG_K8S_NGINX_INGRESS_ENABLE";
    private const string Events = "CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED";

    private const string Hub = "CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING";

    private const UnixFileMode OwnersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Open =
        OwnersAlone | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] KeyFolders =
    [
        "config/api-server-keys",
        "config/api-server-keys/connector",
        "config/api-server-keys/connector/databricks-unity-catalog",
        "config/api-server-keys/connector/databricks-unity-catalog/instance1",
        "config/api-server-keys/connector/databricks-unity-catalog/instance1/jwt",
    ];

    private readonly DeploymentFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_vendors_sample_yields_a_key_a_token_at_the_vendors_path_and_values()
    {
        _folder.With("instance1", DeploymentFolder.Sample);

        var ended = await _folder.SetupAsync();

        Assert.True(ended.Code == 0, ended.All);
        Assert.Equal(
            [
                "config/api-server-keys/connector/databricks-unity-catalog/instance1/jwt/connector-databricks-unity-catalog-instance1-jwt-token.txt",
                "config/api-server-keys/connector/databricks-unity-catalog/instance1/private.pem",
                "config/api-server-keys/connector/databricks-unity-catalog/instance1/public.pem",
                "config/custom-vars/connectors/databricks-unity-catalog/instance1/vars.connector.databricks.unity.catalog.yml",
                "output/policy-sync/instance1/values.yaml",
            ],
            _folder.Files());
        var claims = Claims(_folder.Token("instance1"));
        Assert.Equal("instance1", claims.GetProperty("aud").GetString());
        Assert.Equal("policysync", claims.GetProperty("iss").GetString());
        Assert.Equal(TimeSpan.FromDays(365).TotalSeconds, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.False(claims.TryGetProperty("scope", out _));
        Assert.Contains("config.Workspace.Host", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Token("instance1"), ended.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_key_and_token_are_the_owners_alone_to_read()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();

        foreach (var file in _folder.Files().Where(file => file.EndsWith("private.pem", StringComparison.Ordinal) || file.EndsWith(".txt", StringComparison.Ordinal)))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.At(file)));
        }
    }

    [Theory]
    [InlineData("0000")]
    [InlineData("0022")]
    [InlineData("0077")]
    public async Task Key_folders_are_the_owners_alone_whatever_the_umask(string umask)
    {
        _folder.With("instance1", DeploymentFolder.Sample);

        var ended = await _folder.SetupUnderAsync(umask);

        Assert.True(ended.Code == 0, ended.All);
        foreach (var made in KeyFolders)
        {
            Assert.Equal(OwnersAlone, File.GetUnixFileMode(_folder.At(made)));
        }
    }

    /// <summary>Also one that was made before, and open.</summary>
    [Fact]
    public async Task The_key_folder_of_the_local_stack_is_the_owners_alone_whatever_the_umask()
    {
        var keys = Path.Combine(Repository.Root, ".run", "keys");
        Directory.CreateDirectory(keys);
        File.SetUnixFileMode(keys, Open);

        var ended = await Command.RunAsync("bash", ["-c", "umask 0000 && exec \"$0\" token", Path.Combine(Repository.Root, "deploy", "dev.sh")]);

        Assert.True(ended.Code == 0, ended.All);
        Assert.Equal(OwnersAlone, File.GetUnixFileMode(keys));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(keys, "private.pem")));
    }

    [Fact]
    public async Task Key_folders_that_were_open_are_closed_and_folders_that_others_made_stay_as_they_are()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();
        Array.ForEach(KeyFolders, made => File.SetUnixFileMode(_folder.At(made), Open));

        await _folder.SetupAsync();

        Assert.Equal([Open, Open, Open, OwnersAlone, OwnersAlone], KeyFolders.Select(made => File.GetUnixFileMode(_folder.At(made))));
    }

    /// <summary>External access, ingress, and what the chart is told.</summary>
    [Theory]
    [InlineData("false", "false", "ClusterIP", false)]
    [InlineData("true", "false", "LoadBalancer", false)]
    [InlineData("true", "true", "ClusterIP", true)]
    public async Task Access_from_outside_becomes_a_load_balancer_or_an_ingress(string external, string ingress, string service, bool hasIngress)
    {
        _folder.With("instance1", $"{Api}: \"true\"\n{Pipeline}: true\n{External}: \"{external}\"\n{Ingress}: {ingress}\n");

        await _folder.SetupAsync();

        var values = File.ReadAllText(_folder.ValuesFile("instance1"));
        Assert.Contains($"type: {service}\n", values, StringComparison.Ordinal);
        Assert.Contains($"ingress:\n  enabled: {(hasIngress ? "true" : "false")}\n", values, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_event_hub_becomes_a_switch_and_a_secret_in_a_file_that_is_the_owners_alone()
    {
        const string secret = "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=hub-key;EntityPath=tasks";
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupUnderAsync("0022");
        _folder.With("instance1", $"{Pipeline}: \"true\"\n{Events}: \"true\"\n{Hub}: \"{secret}\"\n");

        var ended = await _folder.SetupUnderAsync("0022");

        Assert.True(ended.Code == 0, ended.All);
        var values = File.ReadAllText(_folder.ValuesFile("instance1"));
        Assert.Contains("eventHub: true\n", values, StringComparison.Ordinal);
        Assert.Contains("eventHubConnectionString:\n", values, StringComparison.Ordinal);
        Assert.Contains("hub-key", values, StringComparison.Ordinal);
        Assert.DoesNotContain("hub-key", ended.All, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.ValuesFile("instance1")));
    }

    [Fact]
    public async Task An_event_hub_that_is_not_named_is_said_to_be_open()
    {
        _folder.With("instance1", $"{Pipeline}: \"true\"\n{Events}: \"true\"\n");

        var ended = await _folder.SetupAsync();

        Assert.True(ended.Code == 0, ended.All);
        Assert.Contains("connector.eventHub needs secrets.eventHubConnectionString, or config.Events.EventHub.Namespace", ended.Output, StringComparison.Ordinal);
    }

    /// <summary>Variables, and words of the fault.</summary>
    [Theory]
    [InlineData($"{Api}: \"true\"", $"{Api} needs {Pipeline}")]
    [InlineData($"{Api}: \"yes\"", "is \"true\" or \"false\", not \"yes\"")]
    [InlineData($"{Api}: [true]", "is \"true\" or \"false\"")]
    [InlineData($"{Ingress}: \"true\"", $"{Ingress} needs {External}")]
    [InlineData($"{Events}: \"true\"", $"{Events} needs {Pipeline}")]
    [InlineData($"{Hub}: \"Endpoint=sb://a.servicebus.windows.net/\"", $"{Hub} needs {Events}")]
    [InlineData($"{Pipeline}: \"true\"\n{Events}: \"true\"\n{Hub}: \"SharedAccessKey=x\"", $"{Hub} is the connection string of an event hub")]
    [InlineData("CONNECTOR_DATABRICKS_UNITY_CATALOG_API_SERVER_ENABLE: \"true\"", "CONNECTOR_DATABRICKS_UNITY_CATALOG_API_SERVER_ENABLE is not a variable")]
    [InlineData("a: b: c", "vars.connector")]
    [InlineData("- list", "holds no names")]
    public async Task A_wrong_variable_is_named_and_nothing_is_written(string variables, string words)
    {
        _folder.With("good", DeploymentFolder.Sample).With("instance1", variables);

        var ended = await _folder.SetupAsync();

        Assert.Equal(2, ended.Code);
        Assert.Contains(words, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder.Files(), file => file.StartsWith("output", StringComparison.Ordinal) || file.Contains("api-server-keys", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_faults_of_all_instances_are_listed_together()
    {
        _folder.With("one", $"{Api}: maybe\nX: 1").With("two", $"{Events}: true").With("Not_Good", DeploymentFolder.Sample);

        var ended = await _folder.SetupAsync("--days", "0");

        Assert.StartsWith("setup: 5 fault(s), nothing was written:", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_file_is_an_instance_with_everything_off()
    {
        _folder.With("instance1", "# nothing yet\n");

        var ended = await _folder.SetupAsync();

        Assert.True(ended.Code == 0, ended.All);
        Assert.Contains("the API is off", ended.Output, StringComparison.Ordinal);
        Assert.Contains("apiServer: false", File.ReadAllText(_folder.ValuesFile("instance1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variables_may_lie_at_the_top_of_the_folder_but_not_at_both_places()
    {
        _folder.With("instance1", DeploymentFolder.Sample, root: "custom-vars");
        Assert.Equal(0, (await _folder.SetupAsync()).Code);

        _folder.With("instance1", DeploymentFolder.Sample);
        Assert.Contains("keep one", (await _folder.SetupAsync()).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_instances_is_told_where_they_belong()
    {
        var ended = await _folder.SetupAsync();

        Assert.Equal(2, ended.Code);
        Assert.Contains("custom-vars/connectors/databricks-unity-catalog/<instance>/vars.connector.databricks.unity.catalog.yml", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config")]
    [InlineData("config/custom-vars")]
    [InlineData("config/custom-vars/connectors/databricks-unity-catalog/instance1")]
    public async Task Run_inside_the_folder_it_uses_the_same_key(string inside)
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();
        var (files, keys) = (_folder.Files(), _folder.PublicKeys("instance1"));

        var ended = await Command.RunAsync("bash", ["-c", "cd \"$0\" && \"$1\"", _folder.At(inside), Path.Combine(Repository.Root, "deploy", "setup.sh")]);

        Assert.True(ended.Code == 0, ended.All);
        Assert.Equal(files, _folder.Files());
        Assert.Equal(keys, _folder.PublicKeys("instance1"));
    }

    [Fact]
    public async Task Everything_that_is_open_is_listed_at_once()
    {
        _folder.With("instance1", DeploymentFolder.Sample);

        var ended = await _folder.SetupAsync();

        Assert.True(ended.Code == 0, ended.All);
        string[] open = ["config.Workspace.Host", "secrets.workspaceToken", "secrets.storageConnectionString", "policyFolder", "tls.secretName", "image.repository"];
        Assert.All(open, name => Assert.Contains(name, ended.Output, StringComparison.Ordinal));
        Assert.Contains("config.Workspace.WarehouseId", ended.Output, StringComparison.Ordinal);
        Assert.Contains("next: close what is open", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_services_own_check_judges_the_settings_of_every_kind_of_pod()
    {
        _folder.With("instance1", DeploymentFolder.Sample, DeploymentFolder.Complete + """

            config:
              Workspace: {Host: "http://adb-1.azuredatabricks.net"}
              Policies: {Source: RangerAdmin, RangerAdmin: {Url: "https://ranger.example:6182", ServiceName: uc, Username: sync}}
            """);
        var program = new Dictionary<string, string> { ["POLICYSYNC_HOST"] = Program() };

        var ended = await _folder.RunAsync("setup.sh", [], program);

        Assert.True(ended.Code == 0, ended.All);
        Assert.Contains("config.Workspace.Host: must", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("placeholder", ended.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_everything_said_nothing_is_open_and_the_service_agrees()
    {
        _folder.With("instance1", DeploymentFolder.Sample, DeploymentFolder.Complete + """

            config:
              Workspace: {Host: "https://adb-1.azuredatabricks.net"}
              Policies: {Source: RangerAdmin, RangerAdmin: {Url: "https://ranger.example:6182", ServiceName: uc, Username: sync}}
            """);

        var ended = await _folder.RunAsync("setup.sh", [], new Dictionary<string, string> { ["POLICYSYNC_HOST"] = Program() });

        Assert.True(ended.Code == 0, ended.All);
        Assert.DoesNotContain("still open", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("was not run", ended.Output, StringComparison.Ordinal);
    }

    // The host as a program: dotnet runs it where no program was built.
    private string Program() => _folder.Script("policysync-host.sh", $"exec dotnet '{Repository.Program("PolicySync.Host")}' \"$@\"");

    [Fact]
    public async Task Running_it_again_keeps_key_and_token()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();
        var (keys, token) = (_folder.PublicKeys("instance1"), _folder.Token("instance1"));

        await _folder.SetupAsync();

        Assert.Equal(keys, _folder.PublicKeys("instance1"));
        Assert.Equal(token, _folder.Token("instance1"));
    }

    [Fact]
    public async Task Days_make_a_new_token_of_the_same_key()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();
        var keys = _folder.PublicKeys("instance1");

        await _folder.SetupAsync("--days", "7");

        var claims = Claims(_folder.Token("instance1"));
        Assert.Equal(TimeSpan.FromDays(7).TotalSeconds, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal(keys, _folder.PublicKeys("instance1"));
    }

    [Fact]
    public async Task A_token_that_ends_within_a_month_is_renewed()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync("--days", "7");
        var old = _folder.Token("instance1");

        await _folder.SetupAsync();

        Assert.NotEqual(old, _folder.Token("instance1"));
    }

    [Fact]
    public async Task A_rotation_keeps_two_keys_until_the_older_one_is_retired()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();
        var (oldKey, oldToken) = (_folder.PublicKeys("instance1"), _folder.Token("instance1"));

        await _folder.SetupAsync("--rotate");
        var both = _folder.PublicKeys("instance1");
        var newToken = _folder.Token("instance1");
        await _folder.SetupAsync("--retire");
        var newKey = _folder.PublicKeys("instance1");

        Assert.EndsWith(oldKey, both, StringComparison.Ordinal);
        Assert.Equal(both, newKey + oldKey);
        Assert.NotEqual(oldToken, newToken);
        Assert.Equal(newToken, _folder.Token("instance1"));
        Assert.Contains(newKey.Split('\n')[1], File.ReadAllText(_folder.ValuesFile("instance1")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_key_is_a_fault_and_is_left_as_it_is()
    {
        _folder.With("instance1", DeploymentFolder.Sample);
        await _folder.SetupAsync();
        File.Delete(_folder.At("config/api-server-keys/connector/databricks-unity-catalog/instance1/public.pem"));

        var ended = await _folder.SetupAsync();

        Assert.Equal(1, ended.Code);
        Assert.Contains("without the other", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instances_stand_side_by_side_with_keys_of_their_own()
    {
        _folder.With("instance1", DeploymentFolder.Sample).With("finance", DeploymentFolder.Sample);

        await _folder.SetupAsync("--ops-token");

        Assert.NotEqual(_folder.PublicKeys("instance1"), _folder.PublicKeys("finance"));
        Assert.Equal("finance", Claims(_folder.Token("finance")).GetProperty("aud").GetString());
        Assert.Equal("policysync.ops", Claims(_folder.Token("finance", "ops")).GetProperty("scope").GetString());
    }

    private static JsonElement Claims(string token) =>
        JsonElement.Parse(Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1])));
}
