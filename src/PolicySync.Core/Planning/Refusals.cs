using PolicySync.Core.Principals;

namespace PolicySync.Core.Planning;

/// <summary>What Unity Catalog is known to refuse of the changes of one securable. Immutable.</summary>
public sealed record Refusals
{
    /// <summary>Nothing is known to be refused.</summary>
    public static Refusals None { get; } = new();

    /// <summary>Principals that are unknown to it, by <see cref="PrincipalKey"/>.</summary>
    public IReadOnlySet<string> Principals { get; init; } = new HashSet<string>();

    /// <summary>
    /// Principals that it refused on other securables, by <see cref="PrincipalKey"/>. They are left out only while a read
    /// shows no grant of theirs: a grant proves that they are known by now.
    /// </summary>
    public IReadOnlySet<string> PrincipalsElsewhere { get; init; } = new HashSet<string>();

    /// <summary>Privileges that do not apply to the securable, upper case with underscores.</summary>
    public IReadOnlySet<string> Privileges { get; init; } = new HashSet<string>();

    /// <summary>Single grants and revokes, each with the reason, for people.</summary>
    public IReadOnlyDictionary<PlanPart, string> Parts { get; init; } = new Dictionary<PlanPart, string>();

    /// <summary>Whether it refuses every change that both adds and removes.</summary>
    public bool RefusesAddWithRemove { get; init; }

    /// <summary>Why no row filter or mask can be set on the table; null when they can.</summary>
    public string? OfGuards { get; init; }

    /// <summary>The plan without what is refused; each grant or revoke that is left out becomes a gap.</summary>
    public GrantPlan RemoveFrom(GrantPlan plan, PrincipalSnapshot directory)
    {
        foreach (var key in Principals.Union(plan.NewPrincipalKeys.Where(PrincipalsElsewhere.Contains)).ToList())
        {
            plan = plan.Without(key, directory.KindOf(key));
        }

        plan = Privileges.Aggregate(plan, (rest, privilege) => rest.WithoutPrivilege(privilege));
        return Parts.Count == 0 ? plan : plan.Without(Parts);
    }
}
