using System.Net;
using PolicySync.Core.Options;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Webhooks;

namespace PolicySync.Host.Configuration;

/// <summary>Rules about the receivers of events.</summary>
internal static class WebhookRules
{
    public static IEnumerable<ConfigurationFault> Validate(WebhooksOptions options)
    {
        for (var i = 0; i < options.AllowedHosts.Count; i++)
        {
            if (Uri.CheckHostName(options.AllowedHosts[i].Trim('[', ']')) == UriHostNameType.Unknown)
            {
                yield return new($"{WebhooksOptions.Section}:AllowedHosts:{i}", "must be a host name or an IP address, such as `hooks.internal`, without a port");
            }
        }

        for (var i = 0; i < options.Endpoints.Count; i++)
        {
            var key = $"{WebhooksOptions.Section}:Endpoints:{i}";
            var endpoint = options.Endpoints[i];
            if (endpoint.Name is { } name && options.Endpoints.Take(i).Any(other => other.Name == name))
            {
                yield return new($"{key}:Name", $"there is another endpoint `{name}`");
            }

            foreach (var (member, problem) in Faults(endpoint, options.AllowedHosts))
            {
                yield return new($"{key}:{member}", problem);
            }
        }
    }

    private static IEnumerable<(string Member, string Problem)> Faults(WebhookEndpoint endpoint, IList<string> allowedHosts)
    {
        if (endpoint.Url is { } url && AddressFault(url, allowedHosts) is { } problem)
        {
            yield return ("Url", problem);
        }

        if ((endpoint.Secret is null) == (endpoint.SecretFile is null))
        {
            yield return ("Secret", "exactly one of `Secret` and `SecretFile` is required");
        }
        else if (endpoint.Secret is { } secret && WebhookSecrets.Fault(secret) is { } wrong)
        {
            yield return ("Secret", wrong);
        }
        else if (endpoint.SecretFile is { } path && FileFault(path) is { } unusable)
        {
            yield return ("SecretFile", unusable);
        }

        for (var i = 0; i < endpoint.Events.Count; i++)
        {
            if (!WebhookEvents.All.Contains(endpoint.Events[i]))
            {
                yield return ($"Events:{i}", $"must be one of {string.Join(", ", WebhookEvents.All.Select(known => $"`{known}`"))}");
            }
        }

        for (var i = 0; i < endpoint.Securables.Count; i++)
        {
            if (NamePattern.Fault(endpoint.Securables[i]) is { } fault)
            {
                yield return ($"Securables:{i}", fault);
            }
        }
    }

    private static string? AddressFault(Uri url, IList<string> allowedHosts)
    {
        var isListed = allowedHosts.Any(host => string.Equals(host.Trim('[', ']'), url.IdnHost.Trim('[', ']'), StringComparison.OrdinalIgnoreCase));
        return url.Scheme != Uri.UriSchemeHttps && !(url.Scheme == Uri.UriSchemeHttp && isListed)
                ? $"must start with `https://` (`http://` for hosts in `{WebhooksOptions.Section}:AllowedHosts` only)"
            : url.UserInfo.Length + url.Fragment.Length > 0 ? "must not contain a user or a fragment"
            : !isListed && IPAddress.TryParse(url.IdnHost, out var address) && PublicAddresses.Fault(address) is { } what
                ? $"the address is not public ({what}); list it in `{WebhooksOptions.Section}:AllowedHosts` if that is meant"
            : null;
    }

    private static string? FileFault(string path)
    {
        try
        {
            return WebhookSecrets.FaultOfFile(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Files.Fault(path, e);
        }
    }
}
