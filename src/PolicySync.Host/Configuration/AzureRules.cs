using PolicySync.Core.Options;

namespace PolicySync.Host.Configuration;

/// <summary>Rules of Azure Entra ID: each kind of credential needs its keys and takes no others.</summary>
internal static class AzureRules
{
    private const string Section = AzureIdentityOptions.Section;

    public static IEnumerable<ConfigurationFault> Validate(AzureIdentityOptions options)
    {
        if (options.Credential is null)
        {
            yield return new($"{Section}:Credential", "is required beside the other keys of `Azure`");
        }

        if (options.AuthorityHost.Scheme != Uri.UriSchemeHttps || options.AuthorityHost.UserInfo.Length > 0)
        {
            yield return new($"{Section}:AuthorityHost", "must start with `https://` and contain no user");
        }

        var isSecret = options.Credential == AzureCredentialKind.ClientSecret;
        foreach (var (key, value) in new[] { ("TenantId", options.TenantId), ("ClientId", options.ClientId) })
        {
            if (isSecret && string.IsNullOrWhiteSpace(value))
            {
                yield return new($"{Section}:{key}", "is required for credential `ClientSecret`");
            }
        }

        if (isSecret && (options.ClientSecret is null) == (options.ClientSecretFile is null))
        {
            yield return new($"{Section}:ClientSecret", "exactly one of `ClientSecret` and `ClientSecretFile` is required for credential `ClientSecret`");
        }

        foreach (var (key, value, kind) in new[]
                 {
                     ("ClientSecret", options.ClientSecret, AzureCredentialKind.ClientSecret),
                     ("ClientSecretFile", options.ClientSecretFile, AzureCredentialKind.ClientSecret),
                     ("FederatedTokenFile", options.FederatedTokenFile, AzureCredentialKind.WorkloadIdentity),
                 })
        {
            if (value is not null && options.Credential is { } chosen && chosen != kind)
            {
                yield return new($"{Section}:{key}", $"is for credential `{kind}` only");
            }
        }

        foreach (var (key, path) in new[] { ("ClientSecretFile", options.ClientSecretFile), ("FederatedTokenFile", options.FederatedTokenFile) })
        {
            if (path is not null && Files.TextFault(path) is { } problem)
            {
                yield return new($"{Section}:{key}", problem);
            }
        }
    }
}
