using PolicySync.Testing.Language;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Matching;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Tests.Desired.Property;

/// <summary>
/// What policies say to each user, asked of Ranger's evaluation, one request at a time, with the true membership, which
/// the directory may know only in part: the unlisted member of a group is the user <c>ghost</c>. Shares no code with the
/// desired state, and never sees the view of policies that it works on.
/// </summary>
internal sealed class Truth
{
    private static readonly string[] Levels = ["catalog", "schema", "table", "function", "column"];

    private readonly Metastore _metastore;
    private readonly Dictionary<string, RangerEngine> _engines = [];
    private readonly RangerEngine _whole;
    private readonly RangerEngine _columns;
    private readonly Dictionary<string, HashSet<string>> _groups = [];
    private readonly Dictionary<(string, string), AccessVerdict> _verdicts = [];

    public Truth(PropertyCase made)
    {
        _metastore = new Metastore(made.World);
        _whole = Compile(Read(made));
        _columns = Compile([.. Read(made).Select(policy => At("table", policy, "column")).OfType<RangerPolicy>()]);
        foreach (var level in Levels)
        {
            _engines[level] = Compile([.. Read(made).Select(policy => At(level, policy)).OfType<RangerPolicy>()]);
        }
    }

    public string? Owner => _metastore.Owner;

    /// <summary>Groups through which Unity Catalog gives a user access.</summary>
    public HashSet<string> InDatabricks(string user) => _metastore.GroupsAround(user);

    /// <summary>What the policies that name the level say, and those of tags; grants are placed where policies name.</summary>
    /// <param name="level">The level.</param>
    /// <param name="elements">The object.</param>
    /// <param name="owner">Its owner.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="accessType">For what.</param>
    public AccessVerdict At(string level, Dictionary<string, string> elements, string? owner, string user, string accessType)
    {
        var key = ($"{level} {string.Join('.', elements.Values)} {owner}", $"{user} {accessType}");
        if (!_verdicts.TryGetValue(key, out var verdict))
        {
            _verdicts[key] = verdict = VerdictOf(_engines[level].Evaluate(Request(elements, owner, user, accessType)));
        }

        return verdict;
    }

    /// <summary>The same, with the policy that decides; null when none does.</summary>
    public (AccessVerdict Verdict, long? PolicyId) Decision(string level, Dictionary<string, string> elements, string? owner, string user, string accessType)
    {
        var result = _engines[level].Evaluate(Request(elements, owner, user, accessType));
        return (VerdictOf(result), VerdictOf(result) == AccessVerdict.Undetermined ? null : result.PolicyId);
    }

    /// <summary>
    /// What stands against a table's grant on some column of it: a deny there, policies of the table taken for all of its
    /// columns, or a zone of its own that does not give it.
    /// </summary>
    public bool IsTakenOnAColumn(Dictionary<string, string> table, string user, string accessType) => NamesAt("column").Any(name =>
    {
        var column = new Dictionary<string, string>(table) { ["column"] = name };
        return VerdictOf(_columns.Evaluate(Request(column, Owner, user, accessType))) == AccessVerdict.Denied
            || (ZoneOf(column) != ZoneOf(table) && !_whole.Evaluate(Request(column, Owner, user, accessType)).IsAllowed);
    });

    /// <summary>Whether some filter or mask applies to the user on the table.</summary>
    public bool IsGuarded(Dictionary<string, string> table, string user) =>
        !string.IsNullOrEmpty(_whole.EvaluateRowFilter(Request(table, Owner, user, "select")).RowFilter?.FilterExpr)
        || NamesAt("column").Any(name => _whole.EvaluateDataMask(
            Request(new(table) { ["column"] = name }, Owner, user, "select")).DataMask is { DataMaskType: not "MASK_NONE" });

    /// <summary>The security zone of an object; null when it is in none as a whole.</summary>
    public string? ZoneOf(Dictionary<string, string> elements) => _metastore.ZoneOf(elements);

    /// <summary>Whether a gap's principal is the user or somebody who stands for it.</summary>
    public bool Names(string? principal, string user) => principal switch
    {
        null or "public" or "account users" or "{USER}" => true,
        "{OWNER}" => Owns(user),
        _ => string.Equals(principal, PrincipalText.NameOf(user), StringComparison.OrdinalIgnoreCase)
            || GroupsOf(user).Contains(principal) || _whole.Roles.RolesOf(PrincipalText.NameOf(user), GroupsOf(user)).Contains(principal),
    };

    /// <summary>Whether Unity Catalog knows the principal.</summary>
    public bool IsInAccount(string principal) =>
        principal == "account users" || _metastore.IsAccountGroup(principal)
        || PropertyCase.Users.Any(user => string.Equals(PrincipalText.NameOf(user), principal, StringComparison.OrdinalIgnoreCase));

    public bool Owns(string user) => Owner is { } owner && (owner == PrincipalText.NameOf(user) || InDatabricks(user).Contains(owner));

    /// <summary>Names for objects of a level, as many as generated policies can tell apart.</summary>
    public static IReadOnlyList<string> NamesAt(string level) => level switch
    {
        "schema" => ["a", "b", "ax", "zz"],
        "table" => ["t", "u", "tx", "zz"],
        "function" => ["f", "zz"],
        _ => ["x", "zz"],
    };

    private HashSet<string> GroupsOf(string user) =>
        _groups.TryGetValue(user, out var groups) ? groups : _groups[user] = [.. InDatabricks(user), .. _metastore.StoredGroupsOf(user)];

    private AccessRequest Request(Dictionary<string, string> elements, string? owner, string user, string accessType) => new()
    {
        Resource = new RangerResource(elements, owner), User = PrincipalText.NameOf(user), UserGroups = GroupsOf(user),
        AccessType = accessType, AccessTime = World.Now,
    };

    private static AccessVerdict VerdictOf(AccessResult result) =>
        result.IsAllowed ? AccessVerdict.Allowed : result.PolicyId is not null ? AccessVerdict.Denied : AccessVerdict.Undetermined;

    private static List<RangerPolicy> Read(PropertyCase made)
    {
        var policies = PolicyText.Read(made.PolicyText);
        foreach (var item in policies.SelectMany(policy => policy.PolicyItems.Concat(policy.DenyPolicyItems).Concat(policy.AllowExceptions)
                     .Concat(policy.DenyExceptions).Concat(policy.DataMaskPolicyItems).Concat(policy.RowFilterPolicyItems)))
        {
            item.Users = [.. item.Users.Select(user => user[0] == '{' ? user : user.ToLowerInvariant())];
        }

        return policies;
    }

    // Ranger's evaluation of a container also hears policies for all that lies below it; those are placed there. Tags are
    // for every level.
    private static RangerPolicy? At(string level, RangerPolicy policy, string? orLevel = null)
    {
        if (PolicyText.IsOfTag(policy))
        {
            return policy;
        }

        List<Dictionary<string, RangerPolicyResource>> sets =
            [.. new[] { policy.Resources }.Concat(policy.AdditionalResources).Where(set => LevelOf(set) == level || LevelOf(set) == orLevel)];
        if (sets.Count == 0 || policy.PolicyType != RangerPolicy.AccessType)
        {
            return null;
        }

        if (orLevel is not null)
        {
            sets.ForEach(set => set.TryAdd("column", new() { Values = ["*"] }));
        }

        (policy.Resources, policy.AdditionalResources) = (sets[0], [.. sets.Skip(1)]);
        return policy;
    }

    private static string LevelOf(Dictionary<string, RangerPolicyResource> set) =>
        set.TryGetValue("column", out var column) ? (column is { Values: ["*"], IsExcludes: false } ? "table" : "column")
        : new[] { "table", "function", "schema" }.FirstOrDefault(set.ContainsKey) ?? "catalog";

    private RangerEngine Compile(List<RangerPolicy> policies)
    {
        var zones = policies.Where(policy => !PolicyText.IsOfTag(policy)).ToLookup(policy => policy.ZoneName ?? "");
        var ofTags = policies.Where(PolicyText.IsOfTag).ToList();
        return RangerEngine.Compile(
            new ServicePolicies
            {
                ServiceDef = World.ServiceDef,
                Policies = [.. zones[""]],
                TagPolicies = new() { Policies = ofTags, ServiceDef = World.TagServiceDef },
                SecurityZones = _metastore.Zones.ToDictionary(zone => zone.Name, zone => new SecurityZoneInfo
                {
                    ZoneName = zone.Name, ContainsAssociatedTagService = zone.HasTagPolicies, Policies = [.. zones[zone.Name]],
                    Resources = [zone.Resources.ToDictionary(pair => pair.Key, pair => pair.Value.Values)],
                }),
            },
            _metastore.Roles, null, _metastore.Tags, new EngineOptions());
    }
}
