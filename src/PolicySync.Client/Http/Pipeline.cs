using Refit;

namespace PolicySync.Client.Http;

/// <summary>Assembles what a request passes through: failures, repeats, token, connection.</summary>
internal static class Pipeline
{
    /// <summary>Connections are replaced from time to time, so that a change of DNS is seen.</summary>
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    /// <summary>The handlers of a request, the outermost first.</summary>
    public static IEnumerable<DelegatingHandler> Handlers(PolicySyncClientOptions options) =>
    [
        new FailureHandler(options.Time),
        new RetryHandler(options),
        new TokenHandler(options.Token ?? new TokenFile(options.TokenFile!).ReadAsync),
    ];

    /// <summary>The connections to the service.</summary>
    public static SocketsHttpHandler Connections() => new() { PooledConnectionLifetime = ConnectionLifetime, AllowAutoRedirect = false };

    /// <summary>A client of HTTP that ends in <paramref name="connections"/>.</summary>
    /// <param name="options">The options.</param>
    /// <param name="connections">The connections.</param>
    /// <param name="owns">Whether they are closed with the client.</param>
    public static HttpClient Build(PolicySyncClientOptions options, HttpMessageHandler connections, bool owns = true) => new(
        Handlers(options).Reverse().Aggregate(
            connections,
            static (inner, outer) =>
            {
                outer.InnerHandler = inner;
                return outer;
            }),
        disposeHandler: owns);

    /// <summary>The operations of the API by a client of HTTP.</summary>
    public static IPolicySyncApi Api(HttpClient http, PolicySyncClientOptions options)
    {
        http.BaseAddress = options.Address;
        http.Timeout = Timeout.InfiniteTimeSpan; // RetryHandler limits each attempt
        var settings = RefitSettings.ForJsonContext(ClientJson.Default);
        settings.RequestBodySerialization = RequestBodySerializationMode.Buffered; // so that it can be sent again
        settings.TransportExceptionFactory = static (_, e, _) => e; // FailureHandler has said it better
        settings.DeserializationExceptionFactory = static (response, e) =>
            ValueTask.FromResult<Exception?>(FailureHandler.Unreadable(response.RequestMessage!, response.StatusCode, e));
        return RestService.ForGenerated<IPolicySyncApi>(http, settings);
    }
}
