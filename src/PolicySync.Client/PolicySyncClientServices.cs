using Microsoft.Extensions.DependencyInjection;
using PolicySync.Client.Http;

namespace PolicySync.Client;

/// <summary>Adds the client to an application.</summary>
public static class PolicySyncClientServices
{
    private const string Name = "PolicySync.Client";

    /// <summary>
    /// Adds <see cref="IPolicySyncClient"/> as a singleton. The builder that is returned takes further handlers, for example for logs; they see
    /// each attempt.
    /// </summary>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    public static IHttpClientBuilder AddPolicySyncClient(this IServiceCollection services, Action<PolicySyncClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var options = new PolicySyncClientOptions();
        configure(options);
        options.Check();
        services.AddSingleton<IPolicySyncClient>(provider =>
            new PolicySyncClient(options, provider.GetRequiredService<IHttpClientFactory>().CreateClient(Name)));
        return services.AddHttpClient(Name)
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // a singleton keeps its handlers; the connections are renewed below
            .ConfigurePrimaryHttpMessageHandler(Pipeline.Connections)
            .ConfigureAdditionalHttpMessageHandlers((handlers, _) =>
            {
                var at = 0;
                foreach (var handler in Pipeline.Handlers(options))
                {
                    handlers.Insert(at++, handler);
                }
            });
    }
}
