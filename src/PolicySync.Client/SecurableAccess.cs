namespace PolicySync.Client;

/// <summary>Which part of the access to a securable is asked for.</summary>
public sealed record AccessFilter
{
    /// <summary>From where the answer is taken; null means that the workspace is read.</summary>
    public AccessSource? Source { get; init; }

    /// <summary>One user, service principal or group; null for all that have access.</summary>
    public string? Principal { get; init; }

    /// <summary>One privilege; null for all.</summary>
    public string? Privilege { get; init; }

    /// <summary>Only those that hold a grant or own the securable, without the members of groups.</summary>
    public bool HoldersOnly { get; init; }

    /// <summary>Most principals on one page; null for the service's default of 100.</summary>
    public int? PageSize { get; init; }
}

/// <summary>Who has access to a securable: a page of principals.</summary>
public sealed record AccessPage
{
    /// <summary>The type.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name, in lower case.</summary>
    public string FullName { get => field ?? ""; init; }

    /// <summary>From where the answer was taken.</summary>
    public AccessSource Source { get; init; }

    /// <summary>The kind as Unity Catalog has it, for example <c>MANAGED</c>; null in a recorded answer.</summary>
    public string? Kind { get; init; }

    /// <summary>The owner; null when it is not known.</summary>
    public string? Owner { get; init; }

    /// <summary>When the grants were read; null when nothing was recorded.</summary>
    public DateTimeOffset? ReadTime { get; init; }

    /// <summary>The version of the policies that the answer compares with; null when there is none.</summary>
    public long? PolicyVersion { get; init; }

    /// <summary>The principals of this page, sorted.</summary>
    public IReadOnlyList<PrincipalAccess> Principals { get => field ?? []; init; }

    /// <summary>The number of principals on all pages.</summary>
    public int PrincipalCount { get; init; }

    /// <summary>The first 1,000 differences that a sync would leave; on the first page only.</summary>
    public IReadOnlyList<Gap> Gaps { get => field ?? []; init; }

    /// <summary>The number of such differences.</summary>
    public int GapCount { get; init; }

    /// <summary>The first 1,000 changes that a sync would make; on the first page only.</summary>
    public IReadOnlyList<ResourceChange> Changes { get => field ?? []; init; }

    /// <summary>The number of such changes.</summary>
    public int ChangeCount { get; init; }

    /// <summary>What could not be read; access by such paths is missing in the answer.</summary>
    public IReadOnlyList<string> Unread { get => field ?? []; init; }

    /// <summary>Requests to Unity Catalog that the answer took.</summary>
    public int Calls { get; init; }

    /// <summary>The token of the next page; null on the last one.</summary>
    public string? NextPageToken { get; init; }
}

/// <summary>What one principal has on a securable.</summary>
public sealed record PrincipalAccess
{
    /// <summary>The user, service principal or group.</summary>
    public string Principal { get => field ?? ""; init; }

    /// <summary>What the directory says of the principal.</summary>
    public PrincipalKind Kind { get; init; }

    /// <summary>Each privilege that it has.</summary>
    public IReadOnlyList<HeldPrivilege> Privileges { get => field ?? []; init; }

    /// <summary>USE on containers that it lacks, without which it cannot use its privileges.</summary>
    public IReadOnlyList<MissingUse> MissingUse { get => field ?? []; init; }
}

/// <summary>A privilege that a principal has.</summary>
public sealed record HeldPrivilege
{
    /// <summary>The privilege, in upper case.</summary>
    public string Privilege { get => field ?? ""; init; }

    /// <summary>Every path by which the principal has it.</summary>
    public IReadOnlyList<HeldPath> Paths { get => field ?? []; init; }

    /// <summary>What policy says about it; null in a recorded answer.</summary>
    public PolicyOpinion? Policy { get; init; }

    /// <summary><see cref="GapDirection.Exposed"/> when policy does not give it; null otherwise.</summary>
    public GapDirection? Difference { get; init; }
}

/// <summary>One path by which a principal has a privilege.</summary>
public sealed record HeldPath : GrantPath
{
    /// <summary>Whether the principal has it as a member of the grantee.</summary>
    public bool Membership { get; init; }
}

/// <summary>What policy says about one privilege of one principal.</summary>
public sealed record PolicyOpinion
{
    /// <summary>The answer.</summary>
    public PolicyVerdict Verdict { get; init; }

    /// <summary>The policy that gives, denies or prevents it; null when no single one does.</summary>
    public long? PolicyId { get; init; }

    /// <summary>The name of that policy; null when no single one does.</summary>
    public string? PolicyName { get; init; }

    /// <summary>Why it is withheld: a gap code; null for other verdicts.</summary>
    public string? Code { get; init; }

    /// <summary>The same, for people; null for other verdicts.</summary>
    public string? Reason { get; init; }
}

/// <summary>USE on a container that a principal lacks.</summary>
public sealed record MissingUse
{
    /// <summary><c>USE_CATALOG</c> or <c>USE_SCHEMA</c>.</summary>
    public string Privilege { get => field ?? ""; init; }

    /// <summary>The type of the container.</summary>
    public string Type { get => field ?? ""; init; }

    /// <summary>The full name of the container.</summary>
    public string FullName { get => field ?? ""; init; }
}
