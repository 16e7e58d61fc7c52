using Microsoft.Extensions.Configuration;
using PolicySync.Core.Options;
using PolicySync.Host.Configuration;
using PolicySync.Host.Tests.Support;

namespace PolicySync.Host.Tests.Configuration;

public sealed class ConfigurationTests : IDisposable
{
    private readonly Signer _signer = Signer.P256();
    private readonly TestFolder _folder;

    public ConfigurationTests() => _folder = new TestFolder(_signer.PublicPem);

    public void Dispose()
    {
        _folder.Dispose();
        _signer.Dispose();
    }

    [Fact]
    public void A_good_configuration_has_no_faults_and_the_defaults_of_the_specification()
    {
        var (settings, faults) = Read();

        Assert.Empty(faults);
        Assert.Equal(12, settings.Workspace.RequestsPerSecond);
        Assert.Equal(TimeSpan.FromMinutes(15), settings.Sync.RetryFor);
        Assert.Equal(SyncMode.Owned, settings.Sync.Mode);
        Assert.Equal("instance1", settings.Process.Instance);
        Assert.Equal(TimeSpan.FromDays(30), settings.Tasks.Retention);
        Assert.Equal(((TimeSpan?)null, false), (settings.Verify.Every, settings.Verify.Repair));
        Assert.Empty(settings.Verify.Scopes);
    }

    [Theory]
    [InlineData("Verify:Every", "00:00:00")]
    [InlineData("Verify:Every", "never")]
    [InlineData("Watch:Every", "00:00:09")]
    [InlineData("Watch:Every", "01:00:01")]
    [InlineData("Watch:MaxTasksPerRound", "0")]
    [InlineData("Watch:GuardedSchemas", "-1")]
    [InlineData("Watch:Scopes:0", "main.sales.orders")]
    [InlineData("Events:EventHub:Format", "Kafka")]
    [InlineData("Verify:Scopes:0", "main.sales.orders")]
    [InlineData("Verify:Scopes:0", "main.")]
    public void A_bad_setting_of_rounds_or_of_the_hubs_format_is_named(string key, string value)
    {
        var (_, faults) = Read((key, value));

        Assert.Equal($"PolicySync:{key}", Assert.Single(faults).Key);
    }

    [Fact]
    public void Values_are_bound_in_every_form()
    {
        var (settings, faults) = Read(
            ("Role", "all"),
            ("Sync:Mode", "exact"),
            ("Sync:Scopes:0:Pattern", "main.s*"),
            ("Sync:Scopes:0:Mode", "Additive"),
            ("Sync:Managed:Securables:Exclude:0", "main.tmp_?.*"),
            ("Sync:Protected:0", "admins"),
            ("Principals:Map:0:Match", "^(.+)@old$"),
            ("Principals:Map:0:Replace", "$1@new"),
            ("Tasks:Retention", "1.12:00:00"),
            ("Verify:Every", "06:00:00"),
            ("Verify:Repair", "true"),
            ("Verify:Scopes:0", "main.s*"),
            ("Policies:AllowShrink", "17"),
            ("Policies:TimeZone", "America/Los_Angeles"),
            ("Workspace:RequestsPerSecond", "0.5"),
            ("Workspace:WarehouseId", ""));

        Assert.Empty(faults);
        Assert.Equal(SyncMode.Exact, settings.Sync.Mode);
        Assert.Equal(SyncMode.Additive, Assert.Single(settings.Sync.Scopes).Mode);
        Assert.Equal("main.tmp_?.*", Assert.Single(settings.Sync.Managed.Securables.Exclude));
        Assert.Equal("$1@new", Assert.Single(settings.Principals.Map).Replace);
        Assert.Equal(TimeSpan.FromHours(36), settings.Tasks.Retention);
        Assert.Equal((TimeSpan.FromHours(6), true), (settings.Verify.Every, settings.Verify.Repair));
        Assert.Equal("main.s*", Assert.Single(settings.Verify.Scopes));
        Assert.Equal((17, "America/Los_Angeles"), (settings.Policies.AllowShrink, settings.Policies.TimeZone));
        Assert.Null(settings.Workspace.WarehouseId);
    }

    /// <summary>What is changed in a good configuration (nothing after `=`: taken away), the key at fault, and words of the reason.</summary>
    [Theory]
    [InlineData("Workspace:Host=", "Workspace:Host", "is required")]
    [InlineData("Workspace:Host=workspace.example", "Workspace:Host", "absolute URL")]
    [InlineData("Workspace:Host=http://workspace.example", "Workspace:Host", "https://")]
    [InlineData("Workspace:Host=ftp://workspace.example", "Workspace:Host", "https://")]
    [InlineData("Workspace:Host=https://user:hunter2@workspace.example", "Workspace:Host", "must not contain a user")]
    [InlineData("Workspace:Token=", "Workspace:Token", "a credential is required")]
    [InlineData("Workspace:TokenFile=/nowhere/token", "Workspace:Token", "`Token` and `TokenFile`")]
    [InlineData("Workspace:TokenFile=/nowhere/token", "Workspace:TokenFile", "there is no file")]
    [InlineData("Workspace:ClientId=me", "Workspace:Token", "`Token` and `ClientId`")]
    [InlineData("Workspace:ClientId=me", "Workspace:ClientSecret", "exactly one")]
    [InlineData("Workspace:Azure:Credential=AzureCli", "Workspace:Token", "`Token` and `Azure:Credential`")]
    [InlineData("Workspace:ClientSecret=hunter2", "Workspace:ClientId", "is required")]
    [InlineData("Workspace:Self=svc@corp.com", "Workspace:Self", "application id of a service principal")]
    [InlineData("Workspace:RequestsPerSecond=0", "Workspace:RequestsPerSecond", "between 0.1 and 100000")]
    [InlineData("Workspace:RequestsPerSecond=many", "Workspace:RequestsPerSecond", "must be a number")]
    [InlineData("Workspace:RequestsPerSecond=NaN", "Workspace:RequestsPerSecond", "must be a number")]
    [InlineData("Workspace:MaxConcurrency=8.5", "Workspace:MaxConcurrency", "whole number")]
    [InlineData("Workspace:WriteTimeout=10", "Workspace:WriteTimeout", "hh:mm:ss")]
    [InlineData("Workspace:WriteTimeout=00:00:00", "Workspace:WriteTimeout", "between 00:00:01 and 00:05:00")]
    [InlineData("Workspace:WriteTimeout=10s", "Workspace:WriteTimeout", "hh:mm:ss")]
    [InlineData("Workspace:WriteTimeout=00:61:00", "Workspace:WriteTimeout", "hh:mm:ss")]
    [InlineData("Workspace:StatementTimeout=00:00:09", "Workspace:StatementTimeout", "between 00:00:10 and 00:10:00")]
    [InlineData("Policies:Source=Ftp", "Policies:Source", "`Folder`")]
    [InlineData("Policies:Source=7", "Policies:Source", "`Folder`")]
    [InlineData("Policies:RangerAdmin:Url=ranger", "Policies:RangerAdmin:Url", "absolute URL")]
    [InlineData("Policies:RangerAdmin:Timeout=00:00:00", "Policies:RangerAdmin:Timeout", "between 00:00:01 and 00:10:00")]
    [InlineData("Policies:RangerAdmin:CachFile=x", "Policies:RangerAdmin:CachFile", "unknown key")]
    [InlineData("Policies:Folder=", "Policies:Folder", "is required")]
    [InlineData("Policies:Folder=/nowhere/policies", "Policies:Folder", "there is no folder")]
    [InlineData("Policies:TimeZone=Berlin", "Policies:TimeZone", "there is no time zone `Berlin`")]
    [InlineData("Policies:TimeZone=../../etc/passwd", "Policies:TimeZone", "there is no time zone")]
    [InlineData("Policies:CacheFolder=/nowhere/cache", "Policies:CacheFolder", "there is no folder")]
    [InlineData("Tags:Source=Atlas", "Tags:Source", "`Ranger`, `UnityCatalog`, `Both`")]
    [InlineData("Policies:AllowStale=yes", "Policies:AllowStale", "`true` or `false`")]
    [InlineData("Principals:Map:0:Match=(", "Principals:Map:0:Match", "not a regular expression")]
    [InlineData("Principals:Map:0:Replace=x", "Principals:Map:0:Match", "is required")]
    [InlineData("Principals:Map:0:Mach=x", "Principals:Map:0:Mach", "unknown key")]
    [InlineData("Sync:Mode=Everything", "Sync:Mode", "`Additive`, `Owned`, `Exact`")]
    [InlineData("Sync:Scopes:0:Pattern=a.b.c.d", "Sync:Scopes:0:Pattern", "1 to 3 segments")]
    [InlineData("Sync:Scopes:0:Pattern=a..c", "Sync:Scopes:0:Pattern", "empty segment")]
    [InlineData("Sync:Scopes:0:Mode=Owned", "Sync:Scopes:0:Pattern", "is required")]
    [InlineData("Sync:Managed:Securables:Include:0=a.b.c.d", "Sync:Managed:Securables:Include:0", "1 to 3 segments")]
    [InlineData("Sync:Managed:Principals:Exclude:0= ", "Sync:Managed:Principals:Exclude:0", "blank")]
    [InlineData("Sync:Protected=admins", "Sync:Protected", "Protected:0")]
    [InlineData("Sync:MaxRevokeShare=1.5", "Sync:MaxRevokeShare", "between 0 and 1")]
    [InlineData("Sync:MaskDeniedColumns=yes", "Sync:MaskDeniedColumns", "`true` or `false`")]
    [InlineData("Sync:AllowedFunctions:0=a.b", "Sync:AllowedFunctions:0", "`catalog.schema.function`")]
    [InlineData("Sync:AllowedFunctions:0=a b", "Sync:AllowedFunctions:0", "letters, digits and underscores")]
    [InlineData("Sync:AllowedFunctions:0=c..f", "Sync:AllowedFunctions:0", "empty part")]
    [InlineData("Sync:GuardSchema=a.b", "Sync:GuardSchema", "holds `.`")]
    [InlineData("Sync:GuardSchema=guards_${env:STAGE}", "Sync:GuardSchema", "contains `${`, which Databricks would replace")]
    [InlineData("Sync:GuardSchema=guards of sales", "Sync:GuardSchema", "holds ` `")]
    [InlineData("Sync:GuardSchema=Information_Schema", "Sync:GuardSchema", "every catalog has")]
    [InlineData("Sync:GuardSchema=default", "Sync:GuardSchema", "every catalog has")]
    [InlineData("Tasks:MaxAge=-00:01:00", "Tasks:MaxAge", "hh:mm:ss")]
    [InlineData("Storage:Provider=AzureTable", "Storage:ConnectionString", "exactly one")]
    [InlineData("Storage:Provider=Redis", "Storage:Provider", "`AzureTable`, `Memory`")]
    [InlineData("Auth:PublicKeyFile=", "Auth:PublicKeyFile", "exactly one")]
    [InlineData("Auth:PublicKeyFile=/nowhere/keys.pem", "Auth:PublicKeyFile", "there is no file")]
    [InlineData("Auth:Authority=https://login.example", "Auth:PublicKeyFile", "exactly one")]
    [InlineData("Auth:Authority=http://login.example", "Auth:Authority", "https://")]
    [InlineData("Metrics:DashboardUrl=ftp://grafana.example", "Metrics:DashboardUrl", "http or https URL")]
    [InlineData("Metrics:DashboardUrl=https://ann:secret@grafana.example", "Metrics:DashboardUrl", "without user or password")]
    [InlineData("Cluster:AdvertisedAddress=localhost", "Cluster:AdvertisedAddress", "IP address")]
    [InlineData("Cluster:SiloPort=0", "Cluster:SiloPort", "between 1 and 65535")]
    [InlineData("Cluster:SiloPort=30000", "Cluster:GatewayPort", "must differ")]
    [InlineData("Cluster:ClusterId= ", "Cluster:ClusterId", "is required")]
    [InlineData("Role=Gateway", "Storage:Provider", "for role `All` only")]
    [InlineData("Role=Silo", "Storage:Provider", "for role `All` only")]
    [InlineData("Cluster:ProbeTimeout=00:00:00.1", "Cluster:ProbeTimeout", "between")]
    [InlineData("Cluster:MissedProbes=0", "Cluster:MissedProbes", "between 1 and 20")]
    [InlineData("Cluster:ResponseTimeout=00:02:00", "Cluster:ResponseTimeout", "between")]
    [InlineData("Cluster:DrainDelay=00:01:00", "Cluster:DrainDelay", "between 00:00:00 and 00:00:30")]
    [InlineData("Instance=a/b", "Instance", "letters, digits")]
    [InlineData("Metrics:Anonymus=true", "Metrics:Anonymus", "unknown key")]
    [InlineData("Http:TrustedProxies:0=10.0.0.0/8,10.1.0.0/8", "Http:TrustedProxies:0", "CIDR")]
    [InlineData("Http:TrustedProxies:0=ingress", "Http:TrustedProxies:0", "CIDR")]
    [InlineData("Http:RequestsPerSecondPerToken=0", "Http:RequestsPerSecondPerToken", "between 1 and")]
    [InlineData("Worksapce:Host=https://x", "Worksapce:Host", "unknown key")]
    [InlineData("Surprise=1", "Surprise", "unknown key")]
    public void A_wrong_setting_is_named_with_what_is_wrong(string change, string key, string reason)
    {
        var (name, value) = (change[..change.IndexOf('=', StringComparison.Ordinal)], change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..]);

        var (_, faults) = Read((name, value));

        Assert.Contains(faults, fault => fault.Key == $"PolicySync:{key}" && fault.Problem.Contains(reason, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.DoesNotContain("hunter2", fault.Problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10", null)]
    [InlineData("7F3C1C52-8A51-4F0E-9A35-2D6B8C0E4A10", null)]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e", "must be `7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10`")]
    public void Who_the_service_is_stated_to_be_is_who_it_signs_in_as(string self, string? reason)
    {
        var (_, faults) = Read(
            ("Workspace:Self", self), ("Workspace:Token", ""), ("Workspace:ClientId", "7f3c1c52-8a51-4f0e-9a35-2d6b8c0e4a10"),
            ("Workspace:ClientSecret", "hunter2"));

        Assert.Equal(reason is not null, faults.Any(fault => fault.Key == "PolicySync:Workspace:Self" && fault.Problem.Contains(reason ?? "", StringComparison.Ordinal)));
    }

    /// <summary>Keys of Azure Entra ID, the key at fault and words of the reason; no reason where nothing is wrong.</summary>
    [Theory]
    [InlineData("Credential=ClientSecret;TenantId=t;ClientId=c;ClientSecret=hunter2", null, null)]
    [InlineData("Credential=ClientSecret;TenantId=t;ClientId=c;ClientSecretFile=KEYS;AuthorityHost=https://login.microsoftonline.us", null, null)]
    [InlineData("Credential=WorkloadIdentity", null, null)]
    [InlineData("Credential=WorkloadIdentity;ClientId=c;TenantId=t;FederatedTokenFile=KEYS", null, null)]
    [InlineData("Credential=ManagedIdentity;ClientId=c", null, null)]
    [InlineData("Credential=AzureCli", null, null)]
    [InlineData("Credential=Any", "Credential", "`ClientSecret`, `WorkloadIdentity`")]
    [InlineData("ClientId=c", "Credential", "is required beside")]
    [InlineData("Credential=ClientSecret;ClientId=c;ClientSecret=hunter2", "TenantId", "is required")]
    [InlineData("Credential=ClientSecret;TenantId=t;ClientSecret=hunter2", "ClientId", "is required")]
    [InlineData("Credential=ClientSecret;TenantId=t;ClientId=c", "ClientSecret", "exactly one")]
    [InlineData("Credential=ClientSecret;TenantId=t;ClientId=c;ClientSecret=hunter2;ClientSecretFile=KEYS", "ClientSecret", "exactly one")]
    [InlineData("Credential=ClientSecret;TenantId=t;ClientId=c;ClientSecretFile=/nowhere/secret", "ClientSecretFile", "there is no file")]
    [InlineData("Credential=ManagedIdentity;ClientSecret=hunter2", "ClientSecret", "is for credential `ClientSecret` only")]
    [InlineData("Credential=ManagedIdentity;FederatedTokenFile=KEYS", "FederatedTokenFile", "is for credential `WorkloadIdentity` only")]
    [InlineData("Credential=ManagedIdentity;AuthorityHost=http://login.example", "AuthorityHost", "https://")]
    public void Azure_entra_id_needs_a_kind_of_credential_and_its_keys(string keys, string? key, string? reason)
    {
        var changes = keys.Split(';').Select(pair => pair.Split('=', 2))
            .Select(pair => ($"Workspace:Azure:{pair[0]}", pair[1] == "KEYS" ? _folder.KeyFile : pair[1]));

        var (_, faults) = Read([("Workspace:Token", ""), .. changes]);

        if (key is null)
        {
            Assert.Empty(faults);
            return;
        }

        Assert.Contains(faults, fault => fault.Key == $"PolicySync:Workspace:Azure:{key}" && fault.Problem.Contains(reason!, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.DoesNotContain("hunter2", fault.Problem, StringComparison.Ordinal));
    }

    /// <summary>Keys of Ranger Admin as a source, the key at fault and words of the reason; no reason where nothing is wrong.</summary>
    [Theory]
    [InlineData("Url=https://ranger.example:6182/base;ServiceName=uc;Username=sync;Password=hunter2", null, null)]
    [InlineData("Url=http://127.0.0.1:6080;ServiceName=uc;Token=hunter2", null, null)]
    [InlineData("Url=https://ranger.example;ServiceName=uc;Username=sync;PasswordFile=KEYS", null, null)]
    [InlineData("Url=https://ranger.example;ServiceName=uc;TokenFile=KEYS", null, null)]
    [InlineData("ServiceName=uc;Token=hunter2", "Url", "is required")]
    [InlineData("Url=http://ranger.example;ServiceName=uc;Token=hunter2", "Url", "https://")]
    [InlineData("Url=https://me:hunter2@ranger.example;ServiceName=uc;Token=hunter2", "Url", "must not contain a user")]
    [InlineData("Url=https://ranger.example;Token=hunter2", "ServiceName", "is required")]
    [InlineData("Url=https://ranger.example;ServiceName= ;Token=hunter2", "ServiceName", "is required")]
    [InlineData("Url=https://ranger.example;ServiceName=uc", "Username", "a credential is required")]
    [InlineData("Url=https://ranger.example;ServiceName=uc;Username=sync;Password=hunter2;Token=hunter2", "Username", "`Username` and `Token`")]
    [InlineData("Url=https://ranger.example;ServiceName=uc;Token=hunter2;TokenFile=KEYS", "Username", "`Token` and `TokenFile`")]
    [InlineData("Url=https://ranger.example;ServiceName=uc;Password=hunter2", "Username", "beside a password")]
    [InlineData("Url=https://ranger.example;ServiceName=uc;Username=a:b;Password=hunter2", "Username", "must not contain `:`")]
    [InlineData("Url=https://ranger.example;ServiceName=uc;Username=sync", "Password", "exactly one")]
    [InlineData("Url=https://ranger.example;ServiceName=uc;Username=sync;Password=hunter2;PasswordFile=KEYS", "Password", "exactly one")]
    [InlineData("Url=https://ranger.example;ServiceName=uc;Username=sync;PasswordFile=/nowhere/password", "PasswordFile", "there is no file")]
    [InlineData("Url=https://ranger.example;ServiceName=uc;TokenFile=/nowhere/token", "TokenFile", "there is no file")]
    public void Ranger_admin_needs_an_address_a_service_and_one_credential(string keys, string? key, string? reason)
    {
        var changes = keys.Split(';').Select(pair => pair.Split('=', 2))
            .Select(pair => ($"Policies:RangerAdmin:{pair[0]}", pair[1] == "KEYS" ? _folder.KeyFile : pair[1]));

        // No folder is asked for beside it.
        var (_, faults) = Read([("Policies:Source", "RangerAdmin"), ("Policies:Folder", ""), .. changes]);

        if (key is null)
        {
            Assert.Empty(faults);
            return;
        }

        var fault = Assert.Single(faults);
        Assert.Equal($"PolicySync:Policies:RangerAdmin:{key}", fault.Key);
        Assert.Contains(reason!, fault.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0c2VjcmV0;EndpointSuffix=core.windows.net", null)]
    [InlineData("UseDevelopmentStorage=true", null)]
    [InlineData("AccountKey=top-secret", "is not a connection string")]
    [InlineData("hello", "is not a connection string")]
    public void A_connection_string_is_checked_and_never_shown(string text, string? reason)
    {
        var (_, faults) = Read(("Storage:Provider", "AzureTable"), ("Storage:ConnectionString", text));

        Assert.Equal(reason is null ? [] : [$"PolicySync:Storage:ConnectionString: {reason} of Azure Table Storage"], faults.Select(fault => $"{fault}"));
    }

    [Fact]
    public void All_faults_are_listed_together_and_each_once()
    {
        var (_, faults) = Read(
            ("Workspace:Host", "nonsense"), ("Workspace:MaxConcurrency", "x"), ("Sync:MaxRevokeShare", "2"), ("Auth:PublicKeyFile", "/nowhere"), ("Typo", "1"));

        Assert.Equal(
            [
                "PolicySync:Auth:PublicKeyFile", "PolicySync:Sync:MaxRevokeShare", "PolicySync:Typo", "PolicySync:Workspace:Host", "PolicySync:Workspace:MaxConcurrency",
            ],
            faults.Select(fault => fault.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_key_is_documented_with_its_default_and_no_other()
    {
        var documented = File.ReadLines(Path.Combine(Repository.Root, "docs", "configuration.md"))
            .Where(line => line.StartsWith("| `PolicySync:", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[2], StringComparer.Ordinal);

        Assert.Equal(ConfigurationKeys.All.Select(key => key.Name).Order(StringComparer.Ordinal), documented.Keys.Order(StringComparer.Ordinal));
        foreach (var key in ConfigurationKeys.All.Where(key => key.Default is not (null or "")))
        {
            var value = key.Default switch
            {
                bool flag => flag ? "true" : "false",
                IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
                var other => $"{other}",
            };
            Assert.True(documented[key.Name].Contains($"`{value}`", StringComparison.Ordinal), $"{key.Name}: the default is {value}, not {documented[key.Name]}");
        }
    }

    [Fact]
    public void A_gateway_needs_neither_a_workspace_nor_policies()
    {
        var (settings, faults) = Read(
            ("Role", "Gateway"), ("Storage:Provider", "AzureTable"), ("Storage:ConnectionString", "UseDevelopmentStorage=true"),
            ("Workspace:Host", ""), ("Workspace:Token", ""), ("Policies:Folder", ""));

        Assert.Empty(faults);
        Assert.False(settings.HasSilo);
        Assert.True(settings.HasApi);
    }

    private (Settings Settings, IReadOnlyList<ConfigurationFault> Faults) Read(params (string Key, string Value)[] changes)
    {
        var values = _folder.Settings;
        foreach (var (key, value) in changes)
        {
            values[$"PolicySync:{key}"] = value;
        }

        return Settings.Read(new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))).Build());
    }
}
