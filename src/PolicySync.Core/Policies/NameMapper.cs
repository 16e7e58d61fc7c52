using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using PolicySync.Core.Options;
using PolicySync.Core.Principals;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies;

/// <summary>
/// Turns user names of policies, roles and user store into principals' names: first the configured rewriting, then
/// e-mails and application ids in lower case, as Unity Catalog compares them. Groups and roles are left alone.
/// Remembers how each name was spelled, for messages and for sending.
/// </summary>
public sealed class NameMapper
{
    /// <summary>Any user, in items of Ranger policies.</summary>
    public const string UserMacro = "{USER}";

    /// <summary>The owner of the resource, in items of Ranger policies.</summary>
    public const string OwnerMacro = "{OWNER}";

    /// <summary>Ranger's group of all users; Unity Catalog's is <see cref="PrincipalKey.AccountUsers"/>.</summary>
    public const string Public = "public";

    // A pattern is configuration, but the names it meets are not: one that backtracks must not hold a run.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromMilliseconds(250);

    private readonly List<(Regex Match, string Replace)> _rules;
    private readonly ConcurrentDictionary<string, string> _spelled = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _mapped = new(StringComparer.Ordinal);
    private readonly Dictionary<(long? Policy, string Key), string> _spelledIn = [];
    private readonly HashSet<long?> _sayAccountUsers = [];
    private bool _saysPublic;

    /// <summary>Prepares the rules.</summary>
    /// <exception cref="ArgumentException">A pattern is not a regular expression.</exception>
    public NameMapper(IEnumerable<NameMapping> rules) =>
        _rules = [.. rules.Select(rule => (
            new Regex(rule.Match, RegexOptions.CultureInvariant, MatchTimeout), rule.Replace))];

    /// <summary>The comparable name of the principal that <paramref name="name"/> means.</summary>
    public string KeyOf(string name) => KeyOf(name, isNamed: true);

    /// <summary>A user name of Ranger as <c>Principals:Map</c> rewrites it. Remembers nothing.</summary>
    /// <exception cref="RegexMatchTimeoutException">A pattern takes too long on the name.</exception>
    public string Mapped(string name)
    {
        foreach (var (match, replace) in _rules)
        {
            name = match.Replace(name, replace);
        }

        return name;
    }

    /// <summary>As <see cref="Mapped(string)"/>; the name unchanged when a pattern takes too long on it.</summary>
    public string MappedOrSame(string name)
    {
        try
        {
            return Mapped(name);
        }
        catch (RegexMatchTimeoutException)
        {
            return name;
        }
    }

    // Users of the user store that no policy names are stored by key alone, since there may be a million of them.
    private string KeyOf(string name, bool isNamed)
    {
        if (name is UserMacro or OwnerMacro)
        {
            return name;
        }

        var mapped = Mapped(name);
        var key = PrincipalKey.Of(mapped);
        if (isNamed)
        {
            _spelled.TryAdd(key, name);
            _mapped.TryAdd(key, mapped);
        }

        return key;
    }

    /// <summary>
    /// The name as a policy spells it, or as others do when it does not name it; <paramref name="key"/> itself when none does.
    /// </summary>
    public string Spelled(string key, long? policyId = null) =>
        policyId is not null && _spelledIn.TryGetValue((policyId, key), out var spelled) ? spelled : _spelled.GetValueOrDefault(key, key);

    /// <summary>The group as a policy spells it, or as others do: <c>account users</c> is <c>public</c> where they say so.</summary>
    public string SpelledGroup(string group, long? policyId = null) =>
        _saysPublic && string.Equals(group, PrincipalKey.AccountUsers, StringComparison.Ordinal)
            && (policyId is null || !_sayAccountUsers.Contains(policyId)) ? Public : group;

    /// <summary>The name to send to Unity Catalog when its directory does not list the principal.</summary>
    public string Sendable(string key) => _mapped.GetValueOrDefault(key, key);

    // Only what differs from how others spell it is kept: most policies spell a name alike.
    private string KeyOf(string name, long? policyId)
    {
        var key = KeyOf(name);
        if (_spelled.TryGetValue(key, out var others) && others != name)
        {
            _spelledIn.TryAdd((policyId, key), name);
        }

        return key;
    }

    /// <summary>Rewrites every user name in a download, in place.</summary>
    public void Apply(PolicyDownload download)
    {
        var policies = download.Policies;
        foreach (var policy in (policies.Policies ?? []).Concat(policies.TagPolicies?.Policies ?? [])
                     .Concat(policies.SecurityZones.Values.SelectMany(zone => zone.Policies ?? [])))
        {
            var (saysPublic, saysAccountUsers) = (false, false);
            foreach (var item in ItemsOf(policy))
            {
                item.Users = [.. item.Users.Select(user => KeyOf(user, policy.Id))];
                saysPublic |= item.Groups.Contains(Public);
                saysAccountUsers |= item.Groups.Contains(PrincipalKey.AccountUsers);
            }

            _saysPublic |= saysPublic;
            if (saysAccountUsers && !saysPublic)
            {
                _sayAccountUsers.Add(policy.Id);
            }
        }

        foreach (var member in (download.Roles?.Roles ?? []).SelectMany(role => role.Users))
        {
            member.Name = member.Name is { } name ? KeyOf(name) : null;
        }

        if (download.UserStore is { } store)
        {
            store.UserGroupMapping = Mapped(store.UserGroupMapping);
        }
    }

    // Two spellings of one e-mail are one user: their groups add up.
    private Dictionary<string, List<string>> Mapped(Dictionary<string, List<string>> groups)
    {
        var mapped = new Dictionary<string, List<string>>(groups.Count, StringComparer.Ordinal);
        foreach (var (name, of) in groups)
        {
            var key = KeyOf(name, isNamed: false);
            mapped[key] = mapped.TryGetValue(key, out var before) ? [.. before.Concat(of).Distinct(StringComparer.Ordinal)] : of;
        }

        return mapped;
    }

    private static IEnumerable<RangerPolicyItem> ItemsOf(RangerPolicy policy) =>
        policy.PolicyItems.Concat(policy.DenyPolicyItems).Concat(policy.AllowExceptions).Concat(policy.DenyExceptions)
            .Concat(policy.DataMaskPolicyItems).Concat(policy.RowFilterPolicyItems);
}
