using System.Net;
using Azure.Data.Tables;
using PolicySync.AzureTables;
using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>Rules about the connections of the process.</summary>
internal static class ConnectionRules
{
    /// <summary>Well within the shutdown time of a process.</summary>
    private static readonly TimeSpan MaxDrainDelay = TimeSpan.FromSeconds(30);

    public static IEnumerable<ConfigurationFault> Validate(Settings settings) =>
    [
        .. Process(settings.Process, settings.Storage),
        .. settings.HasSilo ? Workspace(settings.Workspace) : [],
        .. settings.HasSilo ? Credential(settings.Workspace) : [],
        .. settings.HasSilo && settings.Workspace.Azure.IsUsed() ? AzureRules.Validate(settings.Workspace.Azure) : [],
        .. settings.HasSilo && settings.Policies.Source == PolicySourceKind.RangerAdmin ? RangerAdmin(settings.Policies.RangerAdmin) : [],
        .. settings.Storage.Provider == StorageProvider.AzureTable ? Tables(settings.Tables) : [],
        .. AuthRules.Validate(settings.Auth, settings.Process.Instance),
        .. Cluster(settings.Cluster),
        .. Proxies(settings.Http),
    ];

    private static IEnumerable<ConfigurationFault> Process(ProcessOptions options, StorageOptions storage)
    {
        if (options.Role != ProcessRole.All && storage.Provider == StorageProvider.Memory)
        {
            yield return new($"{StorageOptions.Section}:Provider", $"`Memory` is for role `All` only: role `{options.Role}` shares its storage with other processes");
        }

        if (options.Instance.Length > 63 || !options.Instance.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            yield return new($"{ProcessOptions.Section}:Instance", "must be up to 63 letters, digits, `-`, `_` and `.`");
        }
    }

    private static IEnumerable<ConfigurationFault> Proxies(HttpOptions options) =>
        options.TrustedProxies.Select((network, i) => (network, i)).Where(pair => !IPNetwork.TryParse(pair.network, out _))
            .Select(pair => new ConfigurationFault($"{HttpOptions.Section}:TrustedProxies:{pair.i}", "must be a network in CIDR form, such as `10.0.0.0/8`"));

    private static IEnumerable<ConfigurationFault> Workspace(WorkspaceOptions options)
    {
        if (options.Host is { } host && AddressFault(host) is { } problem)
        {
            yield return new($"{WorkspaceOptions.Section}:Host", problem);
        }

        if (options.Self is not { } self)
        {
            yield break;
        }

        if (!Guid.TryParseExact(self, "D", out _))
        {
            yield return new($"{WorkspaceOptions.Section}:Self", "must be the application id of a service principal, such as `0f8fad5b-d9cb-469f-a165-70867728950e`");
        }
        else if ((options.ClientId ?? options.Azure.ClientId) is { } client && !string.Equals(client, self, StringComparison.OrdinalIgnoreCase))
        {
            yield return new($"{WorkspaceOptions.Section}:Self", $"must be `{client}`, the application id that the service signs in with");
        }
    }

    private static IEnumerable<ConfigurationFault> Credential(WorkspaceOptions options)
    {
        const string section = WorkspaceOptions.Section;
        var oauth = options.ClientId is not null || options.ClientSecret is not null || options.ClientSecretFile is not null;
        string[] forms = [.. new[]
        {
            options.Token is null ? null : "Token",
            options.TokenFile is null ? null : "TokenFile",
            oauth ? "ClientId" : null,
            options.Azure.IsUsed() ? "Azure:Credential" : null,
        }.OfType<string>()];

        if (forms.Length != 1)
        {
            yield return new($"{section}:Token", forms.Length == 0
                ? "a credential is required: `Token`, `TokenFile`, `ClientId` with `ClientSecret` or `ClientSecretFile`, or `Azure:Credential`"
                : $"only one credential may be set, not {string.Join(" and ", forms.Select(form => $"`{form}`"))}");
        }

        if (oauth && options.ClientId is null)
        {
            yield return new($"{section}:ClientId", "is required beside a client secret");
        }

        if (oauth && (options.ClientSecret is null) == (options.ClientSecretFile is null))
        {
            yield return new($"{section}:ClientSecret", "exactly one of `ClientSecret` and `ClientSecretFile` is required beside `ClientId`");
        }

        foreach (var (key, path) in new[] { ("TokenFile", options.TokenFile), ("ClientSecretFile", options.ClientSecretFile) })
        {
            if (path is not null && Files.TextFault(path) is { } problem)
            {
                yield return new($"{section}:{key}", problem);
            }
        }
    }

    private static IEnumerable<ConfigurationFault> RangerAdmin(RangerAdminOptions options)
    {
        const string section = RangerAdminOptions.Section;
        if (options.Url is null)
        {
            yield return new($"{section}:Url", "is required for source `RangerAdmin`");
        }
        else if (AddressFault(options.Url) is { } problem)
        {
            yield return new($"{section}:Url", problem);
        }

        if (string.IsNullOrWhiteSpace(options.ServiceName))
        {
            yield return new($"{section}:ServiceName", "is required for source `RangerAdmin`");
        }

        foreach (var fault in Credential(options))
        {
            yield return fault;
        }
    }

    private static IEnumerable<ConfigurationFault> Credential(RangerAdminOptions options)
    {
        const string section = RangerAdminOptions.Section;
        var basic = options.Username is not null || options.Password is not null || options.PasswordFile is not null;
        string[] forms = [.. new[]
        {
            basic ? "Username" : null,
            options.Token is null ? null : "Token",
            options.TokenFile is null ? null : "TokenFile",
        }.OfType<string>()];

        if (forms.Length != 1)
        {
            yield return new($"{section}:Username", forms.Length == 0
                ? "a credential is required: `Username` with `Password` or `PasswordFile`, `Token`, or `TokenFile`"
                : $"only one credential may be set, not {string.Join(" and ", forms.Select(form => $"`{form}`"))}");
        }

        if (basic && options.Username is null)
        {
            yield return new($"{section}:Username", "is required beside a password");
        }

        if (options.Username?.Contains(':', StringComparison.Ordinal) == true)
        {
            yield return new($"{section}:Username", "must not contain `:`, which ends the name in HTTP Basic");
        }

        if (basic && (options.Password is null) == (options.PasswordFile is null))
        {
            yield return new($"{section}:Password", "exactly one of `Password` and `PasswordFile` is required beside `Username`");
        }

        foreach (var (key, path) in new[] { ("PasswordFile", options.PasswordFile), ("TokenFile", options.TokenFile) })
        {
            if (path is not null && Files.TextFault(path) is { } problem)
            {
                yield return new($"{section}:{key}", problem);
            }
        }
    }

    private static IEnumerable<ConfigurationFault> Tables(AzureTablesOptions options)
    {
        if ((options.ConnectionString is null) == (options.ServiceUri is null))
        {
            yield return new($"{AzureTablesOptions.Section}:ConnectionString", "exactly one of `ConnectionString` and `ServiceUri` is required for `AzureTable`");
        }

        if (options.ConnectionString is { } text && !IsConnectionString(text))
        {
            yield return new($"{AzureTablesOptions.Section}:ConnectionString", "is not a connection string of Azure Table Storage");
        }

        if (options.ServiceUri is { } uri && AddressFault(uri) is { } problem)
        {
            yield return new($"{AzureTablesOptions.Section}:ServiceUri", problem);
        }

        if (options.AttemptTimeout > options.CallTimeout)
        {
            yield return new($"{AzureTablesOptions.Section}:AttemptTimeout", "must not be longer than `CallTimeout`");
        }
    }

    private static IEnumerable<ConfigurationFault> Cluster(ClusterOptions options)
    {
        if (options.AdvertisedAddress is { Length: > 0 } text && !IPAddress.TryParse(text, out _))
        {
            yield return new($"{ClusterOptions.Section}:AdvertisedAddress", "must be an IP address");
        }

        if (options.DrainDelay is { } delay && (delay < TimeSpan.Zero || delay > MaxDrainDelay))
        {
            yield return new($"{ClusterOptions.Section}:DrainDelay", $"must be between 00:00:00 and {MaxDrainDelay}");
        }

        if (options.SiloPort == options.GatewayPort)
        {
            yield return new($"{ClusterOptions.Section}:GatewayPort", "must differ from `SiloPort`");
        }
    }

    /// <summary>Returns why an address cannot be used; null when it can. Credentials travel to it, so plain HTTP is for loopback only.</summary>
    public static string? AddressFault(Uri uri)
    {
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        {
            return "must start with `https://` (`http://` on loopback only)";
        }

        return uri.UserInfo.Length + uri.Query.Length + uri.Fragment.Length == 0 ? null : "must not contain a user, a query or a fragment";
    }

    private static bool IsConnectionString(string text)
    {
        try
        {
            _ = new TableServiceClient(text);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }
}
