namespace PolicySync.Client;

/// <summary>What a principal reaches: a page, as the last syncs recorded it.</summary>
public sealed record PrincipalAccessPage
{
    /// <summary>The name as the directory has it.</summary>
    public string Principal { get => field ?? ""; init; }

    /// <summary>What the directory says of the principal.</summary>
    public PrincipalKind Kind { get; init; }

    /// <summary>Groups that it is in, directly or through others, without <c>account users</c>.</summary>
    public IReadOnlyList<string> Groups { get => field ?? []; init; }

    /// <summary>What it holds, itself or as a member of a group: a securable and a holder each.</summary>
    public IReadOnlyList<ReachDetail> Reaches { get => field ?? []; init; }

    /// <summary>The token of the next page; null on the last one.</summary>
    public string? NextPageToken { get; init; }
}

/// <summary>What one holder has on one securable.</summary>
public sealed record ReachDetail
{
    /// <summary>The type of the securable.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name of the securable.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>The holder: the principal itself, or a group that it is in.</summary>
    public string Grantee { get => field ?? ""; init; }

    /// <summary>Whether the principal has it as a member of the grantee.</summary>
    public bool Membership { get; init; }

    /// <summary>Whether the grantee owns the securable.</summary>
    public bool Owner { get; init; }

    /// <summary>The direct grants of the grantee on the securable.</summary>
    public IReadOnlyList<ReachGrant> Grants { get => field ?? []; init; }
}

/// <summary>A direct grant.</summary>
public sealed record ReachGrant
{
    /// <summary>The privilege, in upper case.</summary>
    public string Privilege { get => field ?? ""; init; }

    /// <summary>Whether it reaches everything in the securable, which is a container.</summary>
    public bool HandedDown { get; init; }

    /// <summary>Whether the service made the grant.</summary>
    public GrantOrigin Origin { get; init; }

    /// <summary>The policy that asked for a grant of the service; null when none is known.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The name of that policy; null when none is known.</summary>
    public string? PolicyName { get; init; }

    /// <summary>The task that made a grant of the service; null for grants of other parties.</summary>
    public string? TaskId { get; init; }

    /// <summary>When the service made the grant, or first saw that of another party; null when not known.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>Where a policy acts, and what it could not do: a page of securables.</summary>
public sealed record PolicyEffectsPage
{
    /// <summary>The id of the policy.</summary>
    public long PolicyId { get; init; }

    /// <summary>The securables, by name.</summary>
    public IReadOnlyList<PolicyEffect> Effects { get => field ?? []; init; }

    /// <summary>The token of the next page; null on the last one.</summary>
    public string? NextPageToken { get; init; }
}

/// <summary>What a policy does on one securable.</summary>
public sealed record PolicyEffect
{
    /// <summary>The type of the securable.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name of the securable.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>The first 100 grants that it asked for.</summary>
    public IReadOnlyList<PolicyGrant> Grants { get => field ?? []; init; }

    /// <summary>The number of such grants.</summary>
    public int GrantCount { get; init; }

    /// <summary>Whether the row filter of the service is that of the policy.</summary>
    public bool RowFilter { get; init; }

    /// <summary>Columns whose mask of the service is that of the policy.</summary>
    public IReadOnlyList<string> MaskedColumns { get => field ?? []; init; }

    /// <summary>The first 100 differences between the policy and Unity Catalog.</summary>
    public IReadOnlyList<IndexedGap> Gaps { get => field ?? []; init; }

    /// <summary>The number of such differences.</summary>
    public int GapCount { get; init; }
}

/// <summary>A grant that a policy asked for.</summary>
public sealed record PolicyGrant
{
    /// <summary>The principal.</summary>
    public string Principal { get => field ?? ""; init; }

    /// <summary>The privilege, in upper case.</summary>
    public string Privilege { get => field ?? ""; init; }
}

/// <summary>A difference between a policy and Unity Catalog, without its words.</summary>
public sealed record IndexedGap
{
    /// <summary>Why: a gap code.</summary>
    public string Code { get => field ?? ""; init; }

    /// <summary>Which way.</summary>
    public GapDirection Direction { get; init; }

    /// <summary>The principal; null when it concerns no single one.</summary>
    public string? Principal { get; init; }

    /// <summary>The privilege, in upper case; null when it concerns all.</summary>
    public string? Privilege { get; init; }
}
