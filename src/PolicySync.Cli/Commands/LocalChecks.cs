using System.Globalization;
using System.Net;
using PolicySync.Cli.Jwt;
using PolicySync.Cli.Output;
using PolicySync.Client;

namespace PolicySync.Cli.Commands;

/// <summary>The checks that are made from here, in the order in which each depends on those before it.</summary>
internal sealed class LocalChecks(Run run, List<ServiceCheck> checks, bool isWithoutToken)
{
    /// <summary>Longest wait for a connection and the first answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A larger difference of clocks is worth telling; from one minute on the service refuses tokens.</summary>
    private static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Soon = TimeSpan.FromDays(1);

    /// <summary>Makes the checks, and has the service make its own.</summary>
    public async Task RunAsync()
    {
        if (Address() is not { } url)
        {
            Token();
            return;
        }

        var since = run.World.Time.GetUtcNow();
        using var answer = await ConnectAsync(url);
        var hasToken = Token();
        if (answer is null)
        {
            Skip("service", "the checks of the service were not made, since it cannot be reached");
            return;
        }

        Clock(answer, since);
        if (hasToken)
        {
            await AskAsync();
        }
        else if (answer.StatusCode == HttpStatusCode.OK)
        {
            Ok("api", "the service answers");
            Skip("service", "the checks of the service were not made, since there is no token");
        }
        else
        {
            Fail("api", $"the health of the service is answered with HTTP {(int)answer.StatusCode}", "Check that the address is that of the service.");
        }
    }

    private Uri? Address()
    {
        try
        {
            var url = run.Connection.Url;
            Ok("address", $"{url}{(run.Connection.GivenUrl is null ? $" of the profile `{run.Connection.ProfileName}`" : "")}");
            return url;
        }
        catch (CliException e)
        {
            Fail("address", e.Message, e.Remedy ?? "Give `--url`.");
            return null;
        }
    }

    private async Task<HttpResponseMessage?> ConnectAsync(Uri url)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = Patience, AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { Timeout = Patience };
        try
        {
            var answer = await http.GetAsync(new Uri(url, "health/live"), run.Cancellation);
            Ok("network", url.Scheme == Uri.UriSchemeHttps ? "connects, and the certificate is trusted" : "connects, without TLS");
            return answer;
        }
        catch (HttpRequestException e)
        {
            Fail("network", $"{url.Authority} cannot be reached: {e.Message}", e.HttpRequestError switch
            {
                HttpRequestError.NameResolutionError => "Check the name in the address, and the DNS of this machine.",
                HttpRequestError.SecureConnectionError => "Check the certificate of the service; trust its authority on this machine (SSL_CERT_FILE).",
                HttpRequestError.ProxyTunnelError => "Check the proxy (HTTPS_PROXY, NO_PROXY).",
                _ => "Check that the service runs, its port, and firewalls and proxies on the way.",
            });
        }
        catch (OperationCanceledException) when (!run.Cancellation.IsCancellationRequested)
        {
            Fail("network", $"{url.Authority} does not answer within {Patience.TotalSeconds:0} seconds", "Check that the service runs, its port, and firewalls and proxies on the way.");
        }

        return null;
    }

    // The service took its time between sending and receiving. It has whole seconds, and a busy server may be late to set it.
    private void Clock(HttpResponseMessage answer, DateTimeOffset since)
    {
        if (answer.Headers.Date is not { } theirs)
        {
            Skip("clock", "the answer does not have the time");
            return;
        }

        var now = run.World.Time.GetUtcNow();
        var difference = since + ((now - since) / 2) - theirs;
        if (difference.Duration() > MaxSkew)
        {
            Warn(
                "clock", $"this machine is {ProgressLine.Span(difference.Duration())} {(difference > TimeSpan.Zero ? "ahead of" : "behind")} the service",
                "Synchronise both clocks (NTP): a token is refused outside its lifetime, with a tolerance of one minute.");
        }
        else
        {
            Ok("clock", $"within {MaxSkew.TotalSeconds:0} seconds of that of the service");
        }
    }

    private bool Token()
    {
        if (isWithoutToken)
        {
            Skip("token", "no token is used");
            return false;
        }

        try
        {
            var source = run.Connection.Token;
            var token = Jwt.Token.Parse(source.Read());
            var now = run.World.Time.GetUtcNow();
            var scopes = token.Scopes is { } some ? string.Join(' ', some) : "the whole API";
            var detail = $"{source.Origin}, of {token.Text("sub") ?? "no subject"}, for {scopes}, valid until {WhoAmICommand.Expiry(token.Time("exp"), now)}";
            if (TokenCheck.Problems(token, null, null, now) is { Count: > 0 } problems)
            {
                Fail("token", $"{source.Origin}: {string.Join("; ", problems)}", "Get a new token and run `policysync login`.");
            }
            else if (token.Time("exp") - now < Soon)
            {
                Warn("token", detail, "Get a new token in time.");
            }
            else
            {
                Ok("token", detail);
            }

            return true;
        }
        catch (CliException e)
        {
            Fail("token", e.Message, e.Remedy ?? "Run `policysync login`.");
            return false;
        }
    }

    private async Task AskAsync()
    {
        try
        {
            using var client = run.Client();
            var results = await client.ChecksAsync(run.Cancellation);
            Ok("api", "the service answers and accepts the token");
            checks.AddRange(results.Checks);
        }
        catch (PolicySyncException e) when (e.Code == "SECURABLE_NOT_ALLOWED")
        {
            Ok("api", "the service answers and accepts the token");
            Skip("service", "the checks of the service were not made: they show the whole service, and the token is limited to securables");
        }
        catch (PolicySyncException e) when (e.Status == HttpStatusCode.NotFound && e.Code != PolicySyncException.NotFromService)
        {
            Ok("api", "the service answers");
            Skip("service", "this version of the service has no checks");
        }
        catch (PolicySyncException e)
        {
            Fail("api", $"{e.Code}: {e.Detail ?? e.Message}", Failures.RemedyOf(e) ?? "See docs/troubleshooting.md.");
            Skip("service", "the checks of the service were not made");
        }
        catch (HttpRequestException e)
        {
            Fail("api", $"the service did not answer: {e.Message}", "Run the command again; then look at the log of the service.");
            Skip("service", "the checks of the service were not made");
        }
    }

    private void Ok(string name, string detail) => checks.Add(new ServiceCheck { Name = name, Status = CheckStatus.Ok, Detail = detail });

    private void Skip(string name, string detail) => checks.Add(new ServiceCheck { Name = name, Status = CheckStatus.Skipped, Detail = detail });

    private void Warn(string name, string detail, string remedy) =>
        checks.Add(new ServiceCheck { Name = name, Status = CheckStatus.Warn, Detail = detail, Remedy = remedy });

    private void Fail(string name, string detail, string remedy) =>
        checks.Add(new ServiceCheck { Name = name, Status = CheckStatus.Fail, Detail = detail, Remedy = remedy });
}
