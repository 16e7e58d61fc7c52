namespace PolicySync.Ranger;

/// <summary>Says how one set of policy resources relates to a requested resource.</summary>
public sealed class PolicyResourceMatcher
{
    private PolicyResourceMatcher()
    {
    }

    /// <summary>Prepares a set of policy resources.</summary>
    /// <param name="def">The service definition.</param>
    /// <param name="policyType">0 access, 1 data mask, 2 row filter; each has resource levels of its own.</param>
    /// <param name="resources">Level to values, as in a policy.</param>
    public static PolicyResourceMatcher Create(
        RangerServiceDef def, int policyType, IReadOnlyDictionary<string, RangerPolicyResource> resources) =>
        throw new NotSupportedException("not built yet");

    /// <summary>Compares with a requested resource; tokens and expressions stay as they are written.</summary>
    public ResourceMatch Match(RangerResource resource) => throw new NotSupportedException("not built yet");
}
