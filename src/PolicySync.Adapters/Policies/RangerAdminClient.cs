using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PolicySync.Adapters.Workspaces.Errors;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;

namespace PolicySync.Adapters.Policies;

/// <summary>
/// Fetches from Ranger Admin. Does not retry: a run that needs policies asks again until <c>Policies:MaxWait</c>.
/// </summary>
internal sealed partial class RangerAdminClient(IHttpClientFactory clients, IOptions<PoliciesOptions> policies, TimeProvider time)
{
    public const string HttpClient = "policysync.ranger";

    /// <summary>Bytes of an error body that are read.</summary>
    private const int MaxRefusal = 64 * 1024;

    /// <summary>Largest answer that is read, in bytes after decompression; 100,000 policies stay below it.</summary>
    internal long MaxAnswer { get; init; } = 512 * 1024 * 1024;

    private RangerAdminOptions Options => policies.Value.RangerAdmin;

    /// <summary>Registers the client and its HTTP handlers.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<RangerAdminClient>();
        services.AddHttpClient(HttpClient)
            .RemoveAllLoggers() // they log headers and whole addresses
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan) // the pool below renews its connections itself
            .UseSocketsHttpHandler(static (handler, _) =>
            {
                handler.AllowAutoRedirect = false; // a redirect leads to a login page, with our credential
                handler.UseCookies = true; // else Ranger opens and records a session for each request
                handler.AutomaticDecompression = DecompressionMethods.All;
                handler.ConnectTimeout = TimeSpan.FromSeconds(5);
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5); // follows changes of DNS
            })
            .ConfigureHttpClient(static client =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan; // set below, for the body too
                client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
                client.DefaultRequestHeaders.UserAgent.ParseAdd("orleans-policysync");
            });
    }

    /// <summary>The answer of <paramref name="part"/>; null when it is still at <paramref name="known"/>.</summary>
    /// <exception cref="SyncException">Ranger did not answer or refused. The message quotes nothing of the answer.</exception>
    public async Task<PackedContent?> FetchAsync<T>(
        RangerPart<T> part, long? known, AuthenticationHeaderValue credential, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(Options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Address(part, known));
            request.Headers.Authorization = credential;
            using var client = clients.CreateClient(HttpClient);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await ReadAsync(part.Name, response, MaxAnswer, either.Token),
                // Ranger answers 204 instead of 304, and also for users of an unknown service.
                HttpStatusCode.NotModified or HttpStatusCode.NoContent => known is not null
                    ? null
                    : throw PolicyFiles.Unavailable($"{part.Name} is `no change` ({(int)response.StatusCode}) although no version was sent"),
                _ => throw await RefusalAsync(part.Name, response, either.Token),
            };
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw PolicyFiles.Unavailable($"{part.Name} did not arrive in time", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw PolicyFiles.Unavailable($"{part.Name} did not arrive: {SafeText.Of(Innermost(e).Message)}", e);
        }
    }

    private Uri Address<T>(RangerPart<T> part, long? known)
    {
        var service = Options.ServiceName ?? throw PolicyFiles.Unavailable($"{RangerAdminOptions.Section}:ServiceName is not set");
        var url = Options.Url ?? throw PolicyFiles.Unavailable($"{RangerAdminOptions.Section}:Url is not set");
        var address = $"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{part.Path}/{Uri.EscapeDataString(service)}";
        // The form of Ranger's plugins: administrators find the service by it in the plugin status.
        var plugin = Uri.EscapeDataString($"policysync@{Environment.MachineName}-{service}");
        // Ranger has no version -1, so it answers with everything.
        return new Uri(string.Create(CultureInfo.InvariantCulture, $"{address}?pluginId={plugin}&{part.Query}{known ?? -1}"));
    }

    private static async Task<PackedContent> ReadAsync(string name, HttpResponseMessage response, long max, CancellationToken cancellation)
    {
        if (string.Equals(response.Content.Headers.ContentType?.MediaType, "text/html", StringComparison.OrdinalIgnoreCase))
        {
            throw PolicyFiles.Unavailable($"{name} is a web page, not a download of ranger; check {RangerAdminOptions.Section}:Url");
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        return await PackedContent.ReadAsync(stream, name, max, cancellation);
    }

    private async Task<SyncException> RefusalAsync(string name, HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var reason = status switch
        {
            400 or 404 when await NamesMissingServiceAsync(response, cancellation) => $"ranger has no service `{Options.ServiceName}`",
            404 => $"there is no such download; check {RangerAdminOptions.Section}:Url and the version of ranger",
            401 => "the credential is refused",
            403 => "the user may not download it",
            >= 300 and < 400 => "a redirect, which is not followed",
            _ => "it has failed",
        };
        return new SyncException(SyncErrorCode.PoliciesUnavailable, $"{name} is {status}: {reason}")
        {
            RetryAfter = RetryAfter.Of(response, time),
        };
    }

    /// <summary>Whether the text is one of Ranger's messages about an unknown service.</summary>
    private static async Task<bool> NamesMissingServiceAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var text = new byte[MaxRefusal];
        var length = await stream.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellation);
        return MissingService().IsMatch(Encoding.UTF8.GetString(text, 0, length));
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    [GeneratedRegex("SERVICE_NOT_FOUND|service[^\\r\\n]{0,300}not found", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex MissingService();
}
