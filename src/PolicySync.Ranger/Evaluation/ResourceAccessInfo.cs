using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Ranger.Evaluation;

/// <summary>
/// The principals that policies name for an access to a resource, without those that exceptions and denies name
/// (RangerResourceAccessInfo). Only the conformance suites and tests use it.
/// </summary>
public sealed class ResourceAccessInfo
{
    private readonly HashSet<string> _allowedUsers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _allowedGroups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _deniedUsers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _deniedGroups = new(StringComparer.Ordinal);

    /// <summary>Users allowed and not denied.</summary>
    public IReadOnlySet<string> AllowedUsers => _allowedUsers;

    /// <summary>Groups allowed and not denied.</summary>
    public IReadOnlySet<string> AllowedGroups => _allowedGroups;

    /// <summary>Users denied.</summary>
    public IReadOnlySet<string> DeniedUsers => _deniedUsers;

    /// <summary>Groups denied.</summary>
    public IReadOnlySet<string> DeniedGroups => _deniedGroups;

    internal void Add(in Candidate candidate, string access, in Asker asker)
    {
        var policy = candidate.Policy;
        Add(policy.NamedFor(PolicyPart.Allow, access, asker), policy.NamedFor(PolicyPart.AllowException, access, asker), _allowedUsers, _allowedGroups);
        if (candidate.Match != ResourceMatch.Descendant)
        {
            Add(policy.NamedFor(PolicyPart.Deny, access, asker), policy.NamedFor(PolicyPart.DenyException, access, asker), _deniedUsers, _deniedGroups);
        }
    }

    internal void TakeOffDenied()
    {
        _allowedUsers.ExceptWith(_deniedUsers);
        _allowedGroups.ExceptWith(_deniedGroups);
    }

    private static void Add(
        List<RangerPolicyItem> items, List<RangerPolicyItem> exceptions, HashSet<string> users, HashSet<string> groups)
    {
        users.UnionWith(items.SelectMany(i => i.Users).Except(exceptions.SelectMany(e => e.Users)));
        groups.UnionWith(items.SelectMany(i => i.Groups).Except(exceptions.SelectMany(e => e.Groups)));
    }
}
