namespace PolicySync.Core.Policies.Shrinking;

/// <summary>One thing that is counted in each version, and how much of it may be lost at once.</summary>
/// <param name="Key">Its key in <see cref="PolicyCounts"/>. Of a measure for each name, the key ends with <c>/</c> and the name follows.</param>
/// <param name="Part">The part of the input, as messages call it.</param>
/// <param name="What">What is counted, in the plural.</param>
/// <param name="All">All of it is too much when it is at least this many.</param>
/// <param name="Most">More than half of it is too much when it is at least this many.</param>
internal sealed record PolicyMeasure(string Key, string Part, string What, int All, int Most)
{
    public const string RolesPart = "roles";
    public const string UserStorePart = "user store";
    public const string TagsPart = "tags";
    private const string Zones = "security zones";
    private const string Definition = "service definition";

    /// <summary>One restriction may always go: it is what one change of one policy takes away.</summary>
    private const int Few = 2;

    /// <summary>Fewer lost restrictions, or members, are everyday changes as long as some remain.</summary>
    private const int Several = 3;

    /// <summary>Everything at once, however little, is what a lost file looks like.</summary>
    private const int Any = 1;

    /// <summary>Above how many lost accesses of named principals to named resources one more look is wanted.</summary>
    private const int Wide = 10;

    /// <summary>Every measure, in the order in which losses are reported.</summary>
    public static readonly IReadOnlyList<PolicyMeasure> Everything =
    [
        Whole("tags", TagsPart, "documents"), Whole("tags.resources", TagsPart, "resources with tags"),
        new("tags.tag/", TagsPart, "resources with tag `{0}`, which restricts access", Few, Several),
        new("tags.attributes", TagsPart, "attributes of tags", Few, Several),
        Whole("roles", RolesPart, "documents"), Whole("roles.roles", RolesPart, "roles"), Whole("roles.members", RolesPart, "members of roles"),
        // The role itself counts as one, so that a role with one member that is gone has lost two.
        new("roles.role/", RolesPart, "members of role `{0}`, which restrictions name, and the role itself", Few, Several),
        Whole("users", UserStorePart, "documents"), Whole("users.users", UserStorePart, "users with groups"),
        Whole("users.memberships", UserStorePart, "memberships"),
        new("users.group/", UserStorePart, "users of group `{0}`, which restrictions name", Few, Several),
        new("users.attributes", UserStorePart, "users and groups with attributes", Few, Several),
        Whole("zones", Zones, "zones"), Whole("zones.resources", Zones, "resources of zones"), Whole("zones.policies", Zones, "enabled policies of zones"),
        new("zones.zone/", Zones, "resources of zone `{0}`", Any, Several),
        .. OfPolicies(RestrictionCounts.Policies, "policies"),
        .. OfPolicies(RestrictionCounts.TagPolicies, "tag policies"),
        Whole("definition.accessTypes", Definition, "access types"), Whole("definition.levels", Definition, "resource levels"),
        Whole("definition.maskLevels", Definition, "resource levels of masks"), Whole("definition.maskTypes", Definition, "types of masks"),
        Whole("definition.filterLevels", Definition, "resource levels of filters"), Whole("definition.implied", Definition, "implied access types"),
        Whole("definition.tagAccessTypes", "definition of the tag service", "access types of this service"),
    ];

    /// <summary>Whether a version with <paramref name="now"/> of it lost too much since one with <paramref name="before"/>.</summary>
    public bool IsTooMuch(long before, long now) =>
        now < before && ((now <= 0 && before - now >= All) || (now * 2 < before && before - now >= Most));

    private static PolicyMeasure Whole(string key, string part, string what) => new(key, part, what, Any, Any);

    private static IEnumerable<PolicyMeasure> OfPolicies(string prefix, string part) => RestrictionCounts.Kinds.SelectMany(kind => new[]
    {
        new PolicyMeasure($"{prefix}.{kind.Key}", part, $"policies with {kind.What}", Few, Several),
        new PolicyMeasure($"{prefix}.{kind.Key}.reach", part, $"accesses of named principals to named resources under {kind.What}", Wide, Wide),
        new PolicyMeasure($"{prefix}.{kind.Key}{RestrictionCounts.InForce}", Definition, $"{part} with {kind.What} that it lets count", Any, Any),
    });
}
