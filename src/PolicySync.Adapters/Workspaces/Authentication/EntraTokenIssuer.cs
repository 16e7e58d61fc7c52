using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.Extensions.Options;
using Microsoft.Identity.Client;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Workspaces.Authentication;

/// <summary>Tokens of Azure Entra ID for Azure Databricks, through Azure.Identity.</summary>
/// <param name="options">Which credential.</param>
/// <param name="time">Tells how long a token holds from now.</param>
/// <param name="transport">Carries the requests; null for Azure's own.</param>
internal sealed class EntraTokenIssuer(IOptions<WorkspaceOptions> options, TimeProvider time, HttpPipelineTransport? transport = null)
    : ITokenIssuer
{
    /// <summary>The resource id of Azure Databricks in every tenant. Source: databricks-sdk-go, config/auth_azure_client_secret.go.</summary>
    public const string Scope = "2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default";

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(20);

    private AzureIdentityOptions Azure => options.Value.Azure;

    public async Task<IssuedToken> RequestAsync(CancellationToken cancellation)
    {
        var secret = Azure.Credential == AzureCredentialKind.ClientSecret ? await SecretAsync() : "";
        try
        {
            // A new one each time: a credential caches its token and would return the one that was just refused.
            var token = await Credential(secret).GetTokenAsync(new TokenRequestContext([Scope]), cancellation);
            return new IssuedToken(token.Token, token.ExpiresOn - time.GetUtcNow());
        }
        catch (AuthenticationFailedException e)
        {
            throw Refusal(e, secret);
        }
    }

    private TokenCredential Credential(string secret) => Azure.Credential switch
    {
        AzureCredentialKind.ClientSecret => new ClientSecretCredential(Azure.TenantId, Azure.ClientId, secret, With(new ClientSecretCredentialOptions())),
        AzureCredentialKind.WorkloadIdentity => new WorkloadIdentityCredential(WorkloadIdentity()),
        AzureCredentialKind.ManagedIdentity => new ManagedIdentityCredential(With(new ManagedIdentityCredentialOptions(
            Azure.ClientId is { } id ? ManagedIdentityId.FromUserAssignedClientId(id) : ManagedIdentityId.SystemAssigned))),
        AzureCredentialKind.AzureCli => new AzureCliCredential(With(new AzureCliCredentialOptions { TenantId = Azure.TenantId })),
        var other => throw new SyncException(SyncErrorCode.CredentialsRefused, $"{AzureIdentityOptions.Section}:Credential is {other}"),
    };

    // What is not set here stays as Azure.Identity reads it from the variables that the platform sets.
    private WorkloadIdentityCredentialOptions WorkloadIdentity()
    {
        var workload = With(new WorkloadIdentityCredentialOptions());
        workload.TenantId = Azure.TenantId ?? workload.TenantId;
        workload.ClientId = Azure.ClientId ?? workload.ClientId;
        workload.TokenFilePath = Azure.FederatedTokenFile ?? workload.TokenFilePath;
        return workload;
    }

    private T With<T>(T credential)
        where T : TokenCredentialOptions
    {
        credential.AuthorityHost = Azure.AuthorityHost;
        credential.Retry.NetworkTimeout = AttemptTimeout;
        credential.Diagnostics.IsLoggingEnabled = false; // its logs could contain secrets
        credential.Transport = transport ?? credential.Transport;
        return credential;
    }

    // Read for each token: a rotated secret is used without a restart.
    private async ValueTask<string> SecretAsync()
    {
        var secret = Azure.ClientSecretFile is { Length: > 0 } path
            ? await SecretFile.ReadAsync(path, $"the file of {AzureIdentityOptions.Section}:ClientSecretFile", CancellationToken.None)
            : Azure.ClientSecret ?? "";
        return secret.Trim() is { Length: > 0 } trimmed
            ? trimmed
            : throw new SyncException(SyncErrorCode.CredentialsRefused, $"{AzureIdentityOptions.Section} has no secret");
    }

    private static SyncException Refusal(AuthenticationFailedException e, string secret)
    {
        var code = Causes(e).Select(cause => cause switch
        {
            MsalServiceException { StatusCode: 429 } or RequestFailedException { Status: 429 } => SyncErrorCode.Throttled,
            MsalServiceException { StatusCode: >= 500 } or RequestFailedException { Status: 0 or >= 500 }
                or HttpRequestException or IOException or TimeoutException or OperationCanceledException => SyncErrorCode.Unavailable,
            _ => (SyncErrorCode?)null,
        }).FirstOrDefault(known => known is not null) ?? SyncErrorCode.CredentialsRefused;
        return new SyncException(code, $"no token from azure entra id: {SafeText.Of(Reason(e), secret.Length > 0 ? [secret] : [])}");
    }

    // The identity service's own message follows the library's advice.
    private static string Reason(Exception e)
    {
        const string before = "Original exception: ";
        var text = Causes(e).OfType<MsalServiceException>().FirstOrDefault()?.Message ?? e.Message;
        var start = text.IndexOf(before, StringComparison.Ordinal);
        return start < 0 ? text : text[(start + before.Length)..];
    }

    private static IEnumerable<Exception> Causes(Exception? e)
    {
        for (; e is not null; e = (e as AggregateException)?.InnerExceptions.FirstOrDefault() ?? e.InnerException)
        {
            yield return e;
        }
    }
}
