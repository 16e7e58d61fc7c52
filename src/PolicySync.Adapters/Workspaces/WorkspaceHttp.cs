using System.Net;
using Azure.Core.Pipeline;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Timeout;
using PolicySync.Adapters.Workspaces.Authentication;
using PolicySync.Adapters.Workspaces.Budget;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Adapters.Workspaces.Resilience;
using PolicySync.Core;
using PolicySync.Core.Options;
using PolicySync.Core.Workspaces;

namespace PolicySync.Adapters.Workspaces;

/// <summary>
/// Registers the two HTTP clients to the workspace. From the outside in, a call passes FailureHandler, repetition (reads
/// only), AuthenticationHandler, BudgetHandler, the time-out of one attempt (reads only; a write has its caller's) and
/// DispatchHandler. Each repetition therefore takes a turn of the budget, and waiting for a turn does not count against the
/// time-out of an attempt.
/// </summary>
internal static class WorkspaceHttp
{
    public const string ApiClient = "policysync.workspace";
    public const string TokenClient = "policysync.workspace.token";

    public static IServiceCollection AddWorkspaceHttp(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton(static provider => new Jitter(provider.GetService<Random>() ?? new Random()));
        services.TryAddSingleton(IdGenerator.System);
        services.AddSingleton<RepeatPolicy>();
        services.TryAddSingleton<IBudgetLeases, WholeBudget>();
        services.AddSingleton<RequestBudget>();
        services.AddSingleton<BudgetKeeper>();
        services.AddSingleton<WorkspaceMetrics>();
        services.AddSingleton<WorkspaceErrors>();
        services.AddSingleton<OAuthTokenClient>();
        services.AddSingleton(CreateTokenSource);
        services.AddTransient<FailureHandler>();
        services.AddTransient<AuthenticationHandler>();
        services.AddTransient<BudgetHandler>();
        services.AddTransient<DispatchHandler>();

        var api = Configure(services.AddHttpClient(ApiClient));
        AddRepetition(api, static request => !WorkspaceErrors.IsWrite(request));
        api.AddHttpMessageHandler<AuthenticationHandler>().AddHttpMessageHandler<BudgetHandler>();
        AddAttemptTimeout(api, static request => !WorkspaceErrors.IsWrite(request));
        api.AddHttpMessageHandler<DispatchHandler>();

        // A second request for a token is harmless, so its POST is repeated like a read.
        var token = Configure(services.AddHttpClient(TokenClient));
        AddRepetition(token, static _ => true);
        AddAttemptTimeout(token, static _ => true);
        token.AddHttpMessageHandler<DispatchHandler>();
        return services;
    }

    /// <summary>
    /// Registers a client that returns answers unchanged: it does not sign, repeat, throw for errors or time out.
    /// </summary>
    public static IServiceCollection AddPlainClient(this IServiceCollection services, string name, bool isBudgeted)
    {
        var plain = Connect(services.AddHttpClient(name));
        if (isBudgeted)
        {
            plain.AddHttpMessageHandler<BudgetHandler>();
        }

        plain.AddHttpMessageHandler<DispatchHandler>();
        return services;
    }

    private static IHttpClientBuilder Configure(IHttpClientBuilder builder) => Connect(builder).AddHttpMessageHandler<FailureHandler>();

    private static IHttpClientBuilder Connect(IHttpClientBuilder builder) => builder
        .RemoveAllLoggers() // they log headers and whole addresses
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // the pool below renews its connections itself
        .UseSocketsHttpHandler(static (handler, _) =>
        {
            handler.AllowAutoRedirect = false; // a redirect leads to a login page, with our token
            handler.UseCookies = false;
            handler.AutomaticDecompression = DecompressionMethods.All;
            handler.ConnectTimeout = TimeSpan.FromSeconds(5);
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5); // follows changes of DNS
            // Shorter than servers keep idle connections: a write on one that the server just closed has an unknown outcome.
            handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30);
        })
        .ConfigureHttpClient(static (provider, client) =>
        {
            var host = provider.GetRequiredService<IOptions<WorkspaceOptions>>().Value.Host
                ?? throw Misconfigured("PolicySync:Workspace:Host is not set");
            client.BaseAddress = new Uri(host.GetLeftPart(UriPartial.Path).TrimEnd('/') + '/');
            client.Timeout = Timeout.InfiniteTimeSpan; // the handlers and the callers of writes set the limits
            client.DefaultRequestHeaders.UserAgent.ParseAdd("orleans-policysync");
        });

    private static void AddRepetition(IHttpClientBuilder client, Func<HttpRequestMessage, bool> mayRepeat) =>
        client.AddResilienceHandler("repeat", (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            pipeline.AddRetry(context.ServiceProvider.GetRequiredService<RepeatPolicy>().For(mayRepeat));
        });

    private static void AddAttemptTimeout(IHttpClientBuilder client, Func<HttpRequestMessage, bool> applies) =>
        client.AddResilienceHandler("attempt", (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            pipeline.AddTimeout(new TimeoutStrategyOptions
            {
                Name = "attempt",
                TimeoutGenerator = arguments => ValueTask.FromResult(
                    arguments.Context.GetRequestMessage() is { } request && applies(request)
                        ? RepeatPolicy.AttemptTimeout
                        : Timeout.InfiniteTimeSpan),
            });
        });

    private static IAccessTokenSource CreateTokenSource(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<WorkspaceOptions>>();
        return options.Value switch
        {
            { Token: { Length: > 0 } token } => new FixedTokenSource(token),
            { TokenFile: { Length: > 0 } path } => new FileTokenSource(path),
            { ClientId.Length: > 0 } => Renewed(provider, provider.GetRequiredService<OAuthTokenClient>()),
            { Azure.Credential: not null } => Renewed(provider, new EntraTokenIssuer(
                options, provider.GetRequiredService<TimeProvider>(), provider.GetService<HttpPipelineTransport>())),
            _ => throw Misconfigured("PolicySync:Workspace needs Token, TokenFile, or ClientId and its secret, or Azure:Credential"),
        };
    }

    private static OAuthTokenSource Renewed(IServiceProvider provider, ITokenIssuer issuer) =>
        new(issuer, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<OAuthTokenSource>>());

    // The host validates options before it starts; this is for other hosts of the adapters.
    private static OptionsValidationException Misconfigured(string fault) =>
        new(WorkspaceOptions.Section, typeof(WorkspaceOptions), [fault]);
}
