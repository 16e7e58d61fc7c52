namespace PolicySync.Host.Configuration;

/// <summary>What the settings of the metrics must be beyond the form of each value.</summary>
internal static class MetricsRules
{
    public static IEnumerable<ConfigurationFault> Validate(MetricsOptions options)
    {
        if (options.DashboardUrl is { } url && ((url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.UserInfo.Length > 0))
        {
            yield return new($"{MetricsOptions.Section}:{nameof(options.DashboardUrl)}", "must be an http or https URL without user or password");
        }
    }
}
