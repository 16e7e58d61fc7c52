using PolicySync.Core.Errors;

namespace PolicySync.Core.Policies.Sets;

/// <summary>Tells whether the gate would refuse a set as the next one, by its policies alone. Nothing is accepted by that.</summary>
public static class PolicyGateForecast
{
    /// <summary>Why the gate would refuse <paramref name="candidate"/> after <paramref name="current"/>, for people; null when it would not.</summary>
    public static string? RefusalOf(PolicySet candidate, PolicySet current)
    {
        try
        {
            var last = PolicyGate.Accept(Download(current, "current"), last: null, allowShrink: null);
            PolicyGate.Accept(Download(candidate, "candidate"), last, allowShrink: null);
            return null;
        }
        catch (SyncException e)
        {
            return $"the service would refuse these policies: {SyncErrorCodes.WireName(e.Code)}: {e.Message}";
        }
    }

    private static PolicyDownload Download(PolicySet set, string stamp) => new(stamp, set.Read(), Roles: null, UserStore: null, Tags: null);
}
