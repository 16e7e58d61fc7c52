namespace PolicySync.Client;

/// <summary>A question: why does a principal have, or not have, a privilege on a securable?</summary>
/// <param name="Principal">A user by e-mail, a service principal by application id, or a group by name.</param>
/// <param name="Privilege">The privilege, for example <c>SELECT</c>.</param>
/// <param name="Securable">The securable.</param>
public sealed record ExplainRequest(string Principal, string Privilege, ExplainRequestSecurable Securable);

/// <summary>A securable by type and full name.</summary>
/// <param name="Type">A type of a task's resources, for example <c>table</c>.</param>
/// <param name="FullName">The full name, for example <c>main.sales.customers</c>.</param>
public sealed record ExplainRequestSecurable(string Type, string FullName);

/// <summary>Why a principal has, or does not have, a privilege on a securable.</summary>
public sealed record Explanation
{
    /// <summary>The principal.</summary>
    public ExplainedPrincipal Principal { get => field ?? new(); init; }

    /// <summary>The privilege, in upper case.</summary>
    public string Privilege { get => field ?? ""; init; }

    /// <summary>The securable.</summary>
    public ExplainedSecurable Securable { get => field ?? new(); init; }

    /// <summary>The time for which schedules were evaluated, UTC.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The version of the policies that was used.</summary>
    public long PolicyVersion { get; init; }

    /// <summary>The answer in one sentence, for people.</summary>
    public string Summary { get => field ?? ""; init; }

    /// <summary>What the policies decide, and how.</summary>
    public ExplainedPolicy Policy { get => field ?? new(); init; }

    /// <summary>What Unity Catalog gives, and by which paths.</summary>
    public ExplainedAccess? UnityCatalog { get; init; }

    /// <summary>
    /// <c>EXPOSED</c>: Unity Catalog gives it and policy does not. <c>WITHHELD</c>: policy gives it and Unity Catalog does not. Null
    /// when they agree.
    /// </summary>
    public GapDirection? Difference { get; init; }

    /// <summary>What a sync would change of it, up to 100.</summary>
    public IReadOnlyList<ResourceChange> Changes { get => field ?? []; init; }

    /// <summary>Row filter and column masks that policy wants for the principal; only for SELECT on a table.</summary>
    public IReadOnlyList<ExplainedGuard> Guards { get => field ?? []; init; }

    /// <summary>Differences between policy and Unity Catalog that concern the principal and the privilege, up to 100.</summary>
    public IReadOnlyList<Gap> Gaps { get => field ?? []; init; }

    /// <summary>What else a reader has to know, for people.</summary>
    public IReadOnlyList<string> Notes { get => field ?? []; init; }
}

/// <summary>The principal of an explanation.</summary>
public sealed record ExplainedPrincipal
{
    /// <summary>The name as the directory has it; the name of the question when it does not list it.</summary>
    public string Name { get => field ?? ""; init; }

    /// <summary>What it is.</summary>
    public PrincipalKind Kind { get; init; }
}

/// <summary>The securable of an explanation.</summary>
public sealed record ExplainedSecurable
{
    /// <summary>The type.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name, in lower case.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>What exactly it is, for example <c>MANAGED</c> or <c>VIEW</c>.</summary>
    public string Kind { get => field ?? ""; init; }

    /// <summary>The owner; null when Unity Catalog does not say.</summary>
    public string? Owner { get; init; }
}

/// <summary>A row filter or column mask that policy wants for the principal.</summary>
public sealed record ExplainedGuard
{
    /// <summary>What it is.</summary>
    public ExplainedGuardKind Kind { get; init; }

    /// <summary>The column; null for a row filter.</summary>
    public string? Column { get; init; }

    /// <summary>The policy; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The name of the policy.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The condition on a row, or the value in place of the column's, as SQL; null for a denied column.</summary>
    public string? Shows { get; init; }

    /// <summary>Whether the function that policy wants is in force on the table.</summary>
    public bool InForce { get; init; }

    /// <summary>The full name of that function; null when none can be set.</summary>
    public string? Function { get; init; }
}

/// <summary>What Unity Catalog gives a principal of one privilege.</summary>
public sealed record ExplainedAccess
{
    /// <summary>Whether the principal has the privilege.</summary>
    public bool Has { get; init; }

    /// <summary>Every path by which it has it.</summary>
    public IReadOnlyList<ExplainedPath> Paths { get => field ?? []; init; }

    /// <summary>USE on containers that it lacks, without which it cannot use the privilege.</summary>
    public IReadOnlyList<MissingUse> MissingUse { get => field ?? []; init; }

    /// <summary>When the grants were read, UTC.</summary>
    public DateTimeOffset? ReadTime { get; init; }

    /// <summary>What could not be read, for people; access by such paths is missing here.</summary>
    public IReadOnlyList<string> Unread { get => field ?? []; init; }
}

/// <summary>One path by which a principal has a privilege.</summary>
public sealed record ExplainedPath : GrantPath
{
    /// <summary>How the principal belongs to it, from the group that lists it upwards; empty when it is the grantee.</summary>
    public IReadOnlyList<MemberLink> Members { get => field ?? []; init; }
}

/// <summary>One step from a principal up to a group or role: what contains the one before it.</summary>
public sealed record MemberLink
{
    /// <summary>The group or role.</summary>
    public string Name { get => field ?? ""; init; }

    /// <summary>What says so.</summary>
    public MemberSource Source { get; init; }
}
