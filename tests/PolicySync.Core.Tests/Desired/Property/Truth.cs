using PolicySync.Core.Policies;
using PolicySync.Core.Tests.Desired.Language;
using PolicySync.Ranger;

namespace PolicySync.Core.Tests.Desired.Property;

/// <summary>
/// What policies say to each user, asked of Ranger's evaluation with the true membership, which the directory may know
/// only in part: the unlisted member of a group is the user <c>ghost</c>. Shares no code with the desired state.
/// </summary>
internal sealed class Truth
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 8, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, string[]> _members = [];
    private readonly List<(string User, string Group)> _store = [];
    private readonly RangerRoles _roles = new();
    private readonly Dictionary<string, RangerEngine> _engines = [];
    private readonly RangerEngine _whole;
    private readonly Dictionary<string, PolicyView> _views = [];
    private readonly Dictionary<string, Subject> _subjects = [];
    private readonly Dictionary<string, HashSet<string>> _inDatabricks = [];
    private readonly Dictionary<(PolicyView, string, string), AccessVerdict> _verdicts = [];

    public Truth(PropertyCase made)
    {
        foreach (var word in made.World)
        {
            Read(word);
        }

        var policies = PolicyText.Read(made.PolicyText);
        foreach (var item in policies.SelectMany(Items))
        {
            item.Users = [.. item.Users.Select(user => user[0] == '{' ? user : user.ToLowerInvariant())];
        }

        _whole = Compile(policies);
        foreach (var level in new[] { "catalog", "schema", "table", "function", "column" })
        {
            _engines[level] = Compile([.. PolicyText.Read(made.PolicyText).Select((policy, i) => At(level, policy, policies[i])).OfType<RangerPolicy>()]);
        }
    }

    public string? Owner { get; private set; }

    /// <summary>Groups of a user, in truth, and those that Ranger's user store adds.</summary>
    public HashSet<string> GroupsOf(string user) =>
        [.. InDatabricks(user), .. _store.Where(entry => entry.User == user).Select(entry => entry.Group)];

    /// <summary>Groups through which Unity Catalog gives a user access.</summary>
    public HashSet<string> InDatabricks(string user) => Once(_inDatabricks, user, () => GroupsAround(user));

    private HashSet<string> GroupsAround(string user)
    {
        HashSet<string> groups = ["account users"];
        for (var before = 0; before != groups.Count;)
        {
            before = groups.Count;
            groups.UnionWith(_members.Where(group => group.Value.Any(member =>
                member == user || (member[0] == '#' && groups.Contains(member[1..])))).Select(group => group.Key));
        }

        return groups;
    }

    /// <summary>What the policies that name the level say; grants are placed at the level that policy names.</summary>
    /// <param name="level">The level.</param>
    /// <param name="elements">The object.</param>
    /// <param name="owner">Its owner.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="accessType">For what.</param>
    public AccessVerdict At(string level, Dictionary<string, string> elements, string? owner, string user, string accessType)
    {
        var engine = _engines[level];
        var view = Once(_views, $"{level} {string.Join('.', elements.Values)} {owner}", () => engine.ViewOf(new RangerResource(elements, owner), Now));
        if (view.Access.Count == 0)
        {
            return AccessVerdict.Undetermined;
        }

        return Once(_verdicts, (view, user, accessType), () => view.Evaluate(SubjectOf(user), accessType).Verdict);
    }

    private Subject SubjectOf(string user) => Once(_subjects, user, () =>
    {
        var (email, groups) = (PrincipalText.NameOf(user), GroupsOf(user));
        return new Subject(email, groups, _whole.Roles.RolesOf(email, groups));
    });

    private static TValue Once<TKey, TValue>(Dictionary<TKey, TValue> known, TKey key, Func<TValue> make)
        where TKey : notnull => known.TryGetValue(key, out var value) ? value : known[key] = make();

    /// <summary>Whether some filter or mask applies to the user on the table.</summary>
    public bool IsGuarded(Dictionary<string, string> table, string user)
    {
        var view = _whole.ViewOf(new RangerResource(table, Owner), Now);
        return view.Filters.Select(policy => (policy, Items: policy.Policy.RowFilterPolicyItems.Select(item => ((RangerPolicyItem)item, Opens: false))))
            .Concat(view.Masks.Select(policy => (policy, Items: policy.Policy.DataMaskPolicyItems.Select(item =>
                ((RangerPolicyItem)item, Opens: item.DataMaskInfo!.DataMaskType == "MASK_NONE")))))
            .Any(guard => guard.Items.FirstOrDefault(item => Names(item.Item1, user)) is { Item1: not null, Opens: false });
    }

    /// <summary>Whether a gap's principal is the user or somebody who stands for it.</summary>
    public bool Names(string? principal, string user) => principal switch
    {
        null or "public" or "account users" or "{USER}" => true,
        "{OWNER}" => Owns(user),
        _ => string.Equals(principal, PrincipalText.NameOf(user), StringComparison.OrdinalIgnoreCase)
            || SubjectOf(user).Groups.Contains(principal) || IsInRole(principal, user),
    };

    /// <summary>Whether Unity Catalog knows the principal.</summary>
    public bool IsInAccount(string principal) =>
        principal == "account users" || (_members.ContainsKey(principal) && principal != "local")
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

    private bool IsInRole(string role, string user) =>
        SubjectOf(user).Roles.Contains(role);

    private bool Names(RangerPolicyItem item, string user) =>
        item.Users.Exists(name => name == "{USER}" || (name == "{OWNER}" && Owner == PrincipalText.NameOf(user)) || name == PrincipalText.NameOf(user))
        || item.Groups.Exists(group => group == "public" || GroupsOf(user).Contains(group)) || item.Roles.Exists(role => IsInRole(role, user));

    private void Read(string word)
    {
        var (left, right) = (word.Split('=')[0], word.Split('=')[^1]);
        var members = right.Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (left[0] == '#')
        {
            _members[left.Trim('#', '!')] = [.. members.Select(member => member == "?" ? "ghost" : member)];
        }
        else if (left[0] == '%')
        {
            _roles.Roles.Add(new RangerRole
            {
                Name = left[1..],
                Users = [.. members.Where(member => member[0] is not ('#' or '%')).Select(Member)],
                Groups = [.. members.Where(member => member[0] == '#').Select(Member)],
                Roles = [.. members.Where(member => member[0] == '%').Select(Member)],
            });
        }
        else if (left.StartsWith("store:", StringComparison.Ordinal))
        {
            _store.Add((left[6..].Split('@')[0].ToLowerInvariant(), right[1..]));
        }
        else if (left == "owner")
        {
            Owner = PrincipalText.NameOf(right);
        }
    }

    private static RangerRoleMember Member(string text) => new() { Name = PrincipalText.NameOf(text) };

    // Ranger's evaluation of a container also hears policies for all that lies below it; those are placed there.
    private static RangerPolicy? At(string level, RangerPolicy policy, RangerPolicy mapped)
    {
        List<Dictionary<string, RangerPolicyResource>> sets = [.. new[] { policy.Resources }.Concat(policy.AdditionalResources).Where(set => LevelOf(set) == level)];
        if (sets.Count == 0 || policy.PolicyType != RangerPolicy.AccessType)
        {
            return null;
        }

        mapped.AdditionalResources = [.. sets.Skip(1)];
        return new RangerPolicy
        {
            Id = policy.Id, Name = policy.Name, PolicyPriority = policy.PolicyPriority, IsDenyAllElse = policy.IsDenyAllElse,
            Conditions = policy.Conditions, ValiditySchedules = policy.ValiditySchedules,
            Resources = sets[0], AdditionalResources = [.. sets.Skip(1)],
            PolicyItems = mapped.PolicyItems, DenyPolicyItems = mapped.DenyPolicyItems,
            AllowExceptions = mapped.AllowExceptions, DenyExceptions = mapped.DenyExceptions,
        };
    }

    private static string LevelOf(Dictionary<string, RangerPolicyResource> set) =>
        set.TryGetValue("column", out var column) ? (column is { Values: ["*"], IsExcludes: false } ? "table" : "column")
        : new[] { "table", "function", "schema" }.FirstOrDefault(set.ContainsKey) ?? "catalog";

    private static IEnumerable<RangerPolicyItem> Items(RangerPolicy policy) =>
        policy.PolicyItems.Concat(policy.DenyPolicyItems).Concat(policy.AllowExceptions).Concat(policy.DenyExceptions)
            .Concat(policy.DataMaskPolicyItems).Concat(policy.RowFilterPolicyItems);

    private RangerEngine Compile(List<RangerPolicy> policies) => RangerEngine.Compile(
        new ServicePolicies { ServiceDef = World.ServiceDef, Policies = policies }, _roles, null, new EngineOptions());
}
