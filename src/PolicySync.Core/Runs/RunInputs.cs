using PolicySync.Core.Desired;
using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Planning;
using PolicySync.Core.Planning.Patterns;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;

namespace PolicySync.Core.Runs;

/// <summary>Settings that decide what a run plans. Immutable.</summary>
/// <param name="Sync">Section <c>PolicySync:Sync</c>.</param>
/// <param name="ExpandUpTo"><c>Principals:ExpandUpTo</c>: most members that a group is expanded to.</param>
/// <param name="HasWarehouse">Whether <c>Workspace:WarehouseId</c> is set, without which no row filter or mask can be set.</param>
public sealed record RunOptions(SyncOptions Sync, int ExpandUpTo, bool HasWarehouse)
{
    /// <summary>The securables, principals and privileges that the service may change.</summary>
    public Managed Managed { get; } = new(Sync);

    /// <summary>Whether row filters and masks are set on tables at all.</summary>
    public bool SetsGuards => HasWarehouse && Managed.CoversPrivilege(Privileges.Privilege.Select);
}

/// <summary>
/// What a run reads once and does not change: the securable, the policies, the principals, the tags, the time and the
/// settings. Immutable.
/// </summary>
public sealed record RunInputs
{
    /// <summary>The securable as Unity Catalog describes it.</summary>
    public required SecurableFacts Facts { get; init; }

    /// <summary>The policies that were current after the last caller joined the run.</summary>
    public required PolicySnapshot Policies { get; init; }

    /// <summary>Users, groups, and who the service itself is.</summary>
    public required PrincipalSnapshot Directory { get; init; }

    /// <summary>Tags from the workspace; null where tags come from Ranger alone or no policy uses them.</summary>
    public SecurableTags? Tags { get; init; }

    /// <summary>The time for which schedules of policies are evaluated.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When a schedule ended that this run is the first to see; null when none did.</summary>
    public DateTimeOffset? LapsedAt { get; init; }

    /// <summary>The part of the difference that the run may remove.</summary>
    public required PlanScope Scope { get; init; }

    /// <summary>Whether the task lets the run exceed <c>Sync:MaxRevokeShare</c>.</summary>
    public bool AllowRevoke { get; init; }

    /// <summary>The settings.</summary>
    public required RunOptions Options { get; init; }

    /// <summary>The securable.</summary>
    public Securable Securable => Facts.Securable;

    /// <summary>What may be revoked of it.</summary>
    public SyncMode Mode => Options.Managed.ModeOf(Securable);

    /// <summary>What policy wants granted on a container above the securable, as far as its name alone decides that.</summary>
    public DesiredState DesiredOn(Securable container) =>
        Desired(new SecurableFacts(container, WireNames.Of(container.Type).ToUpperInvariant(), null, null), At, null, null);

    /// <summary>What policy says about single principals on the securable.</summary>
    /// <param name="target">What policy wants there.</param>
    public PolicyOpinions OpinionsOn(RunTarget target) =>
        PolicyOpinions.On(PolicyInputsAt(At, Tags), Facts, target.Guards, Options.SetsGuards, target.Desired);

    /// <summary>What policy wants granted on the securable.</summary>
    /// <param name="at">The time for which schedules are evaluated.</param>
    /// <param name="guards">Its row filter and masks; null where it has none.</param>
    internal DesiredState Desired(DateTimeOffset at, TableGuards? guards) => Desired(Facts, at, Tags, guards);

    /// <summary>The row filter and masks that policy wants on a table.</summary>
    /// <param name="table">The table as it was read.</param>
    /// <param name="at">The time for which schedules are evaluated.</param>
    /// <param name="fault">Why none can be set; null when they can.</param>
    internal TableGuards Guards(TableShape table, DateTimeOffset at, string? fault) =>
        GuardCompiler.Compile(PolicyInputsAt(at, Tags), table, fault);

    /// <summary>Whether policy wants a row filter or mask on the securable, and its kind can have one.</summary>
    public bool WantsGuards => CanHaveGuards && GuardCompiler.AreWanted(PolicyInputsAt(At, Tags), Facts);

    /// <summary>Whether the securable can have row filters and masks, and the settings let the service set them.</summary>
    public bool CanHaveGuards => Options.SetsGuards && GuardCompiler.CanGuard(Facts);

    /// <summary>Keys of the principals that never lose anything: the service, its groups, <c>Sync:Protected</c>.</summary>
    public IReadOnlySet<string> FindProtected()
    {
        var keys = Options.Sync.Protected.Select(PrincipalKey.Of).ToHashSet(StringComparer.Ordinal);
        if (Directory.Self is { } self)
        {
            keys.Add(PrincipalKey.Of(self.Name));
            keys.UnionWith(self.GroupNames);
            keys.UnionWith(Directory.GroupsOf(self.Name));
        }

        return keys;
    }

    /// <summary>Policies and what they are evaluated with, for the securable.</summary>
    internal PolicyInputs PolicyInputs => PolicyInputsAt(At, Tags);

    private DesiredState Desired(SecurableFacts facts, DateTimeOffset at, SecurableTags? tags, TableGuards? guards) =>
        DesiredStateBuilder.Build(PolicyInputsAt(at, tags), facts, guards, Options.SetsGuards);

    private PolicyInputs PolicyInputsAt(DateTimeOffset at, SecurableTags? tags) =>
        new(Policies, Directory, Options.Sync, Options.ExpandUpTo, at, tags);
}
