namespace PolicySync.Core.Options;

/// <summary>How a token of Azure Entra ID is had.</summary>
public enum AzureCredentialKind
{
    /// <summary>A service principal by its secret.</summary>
    ClientSecret,

    /// <summary>A federated token that the platform puts into a file, as Kubernetes does.</summary>
    WorkloadIdentity,

    /// <summary>The identity of the virtual machine or service that the process runs on.</summary>
    ManagedIdentity,

    /// <summary>The user signed in to the Azure command line; for development.</summary>
    AzureCli,
}

/// <summary>
/// Azure Entra ID as the issuer of tokens for the workspace. Section <c>PolicySync:Workspace:Azure</c>. The kind is said,
/// never guessed: a process that tries one identity after another may end up with a wrong one.
/// </summary>
public sealed class AzureIdentityOptions
{
    /// <summary>Where this class is bound from.</summary>
    public const string Section = "PolicySync:Workspace:Azure";

    /// <summary>Which credential. Setting it chooses Azure Entra ID; every other key here needs it.</summary>
    public AzureCredentialKind? Credential { get; set; }

    /// <summary>Tenant (directory) id. Required for <c>ClientSecret</c>; else what the platform says.</summary>
    public string? TenantId { get; set; }

    /// <summary>Application (client) id. Required for <c>ClientSecret</c>; names a user-assigned managed identity.</summary>
    public string? ClientId { get; set; }

    /// <summary>Secret for <c>ClientSecret</c>. Never logged.</summary>
    [Secret]
    public string? ClientSecret { get; set; }

    /// <summary>A file whose text is the secret. Read for each token.</summary>
    public string? ClientSecretFile { get; set; }

    /// <summary>The file of the federated token for <c>WorkloadIdentity</c>; else <c>AZURE_FEDERATED_TOKEN_FILE</c>.</summary>
    public string? FederatedTokenFile { get; set; }

    /// <summary>
    /// The cloud's authority. Default: <c>https://login.microsoftonline.com</c>; another for the clouds of governments
    /// and China.
    /// </summary>
    public Uri AuthorityHost { get; set; } = new("https://login.microsoftonline.com");

    /// <summary>True when any key is set.</summary>
    public bool IsUsed() => Credential is not null || TenantId is not null || ClientId is not null || ClientSecret is not null
        || ClientSecretFile is not null || FederatedTokenFile is not null;
}
