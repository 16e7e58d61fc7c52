using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Auditing;
using PolicySync.Adapters.Policies;
using PolicySync.Adapters.Principals;
using PolicySync.Adapters.Statements;
using PolicySync.Adapters.Tags;
using PolicySync.Adapters.UnityCatalog;
using PolicySync.Adapters.Webhooks;
using PolicySync.Adapters.Workspaces;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Auditing;
using PolicySync.Core.Grants;
using PolicySync.Core.Guards;
using PolicySync.Core.NewObjects;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Webhooks;
using Refit;

namespace PolicySync.Adapters;

/// <summary>Registers the adapters.</summary>
public static class PolicySyncAdapters
{
    /// <summary>
    /// Adds <see cref="IUnityCatalog"/>, <see cref="ITableListing"/>, <see cref="ITableGuards"/>, <see cref="IPrincipalDirectory"/>, <see cref="IPolicySource"/>,
    /// <see cref="IPolicyCache"/>, <see cref="ITagSource"/>, <see cref="IWebhookSender"/> and <see cref="IAuditStream"/>. Needs the options
    /// <see cref="WorkspaceOptions"/>, <see cref="PrincipalsOptions"/> and <see cref="PoliciesOptions"/> and logging; uses the registered
    /// <see cref="TimeProvider"/> and <see cref="Random"/> where there are any.
    /// </summary>
    public static IServiceCollection AddPolicySyncAdapters(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddWorkspaceHttp();

        services.AddSingleton(provider => Api<IUnityCatalogApi>(provider, RefitSettings.ForJsonContext(UnityCatalogJson.Default)));
        services.AddSingleton<IUnityCatalog, UnityCatalogClient>();
        services.AddSingleton<ITableListing, TableListing>();

        services.AddSingleton(provider => Api<IEntityTagsApi>(provider, RefitSettings.ForJsonContext(TagsJson.Default)));
        services.AddSingleton<ITagSource, UnityCatalogTags>();

        services.AddSingleton(provider => Api<IStatementsApi>(provider, RefitSettings.ForJsonContext(StatementsJson.Default)));
        services.AddSingleton<ITableGuards, TableGuardsClient>();

        services.AddSingleton(provider => Api<IScimApi>(provider, RefitSettings.ForJsonContext(ScimJson.Default)));
        services.AddSingleton<ScimDirectoryReader>();
        services.AddSingleton<IPrincipalDirectory, ScimPrincipalDirectory>();

        RangerAdminClient.AddTo(services);
        services.AddSingleton<IPolicySource>(static provider =>
            ActivatorUtilities.CreateInstance<MeasuredPolicySource>(provider, CreatePolicySource(provider)));
        services.AddSingleton<IPolicyCache, PolicyCacheFile>();

        services.AddSingleton<AuditStream>();
        services.AddSingleton<IAuditStream>(static provider => provider.GetRequiredService<AuditStream>());
        services.AddHostedService<AuditPump>();

        services.AddSingleton<EndpointSecrets>();
        services.AddSingleton<IWebhookSender>(static provider => new WebhookSender(
            provider.GetRequiredService<EndpointSecrets>(), provider.GetRequiredService<IOptions<WebhooksOptions>>(), provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    private static IPolicySource CreatePolicySource(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<PoliciesOptions>>().Value switch
        {
            { Source: PolicySourceKind.Folder } => ActivatorUtilities.CreateInstance<FolderPolicySource>(provider),
            { RangerAdmin: { Url: not null, ServiceName.Length: > 0 } } => ActivatorUtilities.CreateInstance<RangerAdminPolicySource>(provider),
            // The host validates options before it starts; this is for other hosts of the adapters.
            _ => throw new OptionsValidationException(
                RangerAdminOptions.Section, typeof(PoliciesOptions), [$"{RangerAdminOptions.Section} needs Url and ServiceName"]),
        };

    private static T Api<T>(IServiceProvider provider, RefitSettings settings)
        where T : class
    {
        // A buffered body can be sent again after a 401.
        settings.RequestBodySerialization = RequestBodySerializationMode.Buffered;
        // FailureHandler has handled failures of the call; Refit only parses the body.
        settings.TransportExceptionFactory = static (_, e, _) => e;
        settings.DeserializationExceptionFactory = static (response, e) =>
            ValueTask.FromResult<Exception?>(WorkspaceErrors.ForUnreadable(response.RequestMessage!, e));
        return RestService.ForGenerated<T>(
            provider.GetRequiredService<IHttpClientFactory>().CreateClient(WorkspaceHttp.ApiClient), settings);
    }
}
