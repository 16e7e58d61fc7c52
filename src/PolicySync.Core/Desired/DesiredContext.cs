using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Desired;

/// <summary>What one computation works on.</summary>
internal sealed class DesiredContext(
    PolicySnapshot policies, PrincipalSnapshot directory, SecurableFacts facts, SyncOptions sync, int expandUpTo, DateTimeOffset at,
    SecurableTags? tags, TableGuards? guards, bool guardsTables)
{
    private readonly Dictionary<string, PolicyView> _tagPolicies = new(StringComparer.Ordinal);

    public PolicySnapshot Policies { get; } = policies;

    public PrincipalSnapshot Directory { get; } = directory;

    public SecurableFacts Facts { get; } = facts;

    public SyncOptions Sync { get; } = sync;

    /// <summary>Most members that a group is expanded to.</summary>
    public int ExpandUpTo { get; } = expandUpTo;

    /// <summary>The time for which schedules are asked.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>Tags from elsewhere than the tag download; null when nobody looked.</summary>
    public SecurableTags? Tags { get; } = tags;

    /// <summary>Row filters and masks that are, or are about to be, in force; null where none can be set.</summary>
    public TableGuards? Guards { get; } = guards;

    /// <summary>Whether row filters and masks can be set, as far as a container can tell: its tables may be of any kind.</summary>
    public bool GuardsTables { get; } = guardsTables;

    public Subjects Subjects { get; } = Subjects.Of(policies, directory, sync.RolesAsGroups);

    public Candidates Candidates { get; } = new(policies, directory, sync.RolesAsGroups);

    public AccessItems Items { get; } = new(policies.Engine);

    /// <summary>Every tag policy that holds in a security zone, whatever is tagged; the same object for the same policies.</summary>
    public PolicyView EveryTagPolicyOf(string? zone)
    {
        if (!_tagPolicies.TryGetValue(zone ?? "", out var view))
        {
            view = Policies.Engine.ViewOfTags(zone, At);
            view = _tagPolicies.Values.FirstOrDefault(known => known.Zone == view.Zone) ?? view;
            _tagPolicies[zone ?? ""] = view;
        }

        return view;
    }

    public SecurableType Type => Facts.Securable.Type;

    /// <summary>Groups whose grants reach the principal: Databricks' own, not those of Ranger's user store.</summary>
    public IEnumerable<string> GroupsOver(Candidate principal) =>
        (principal.IsGroup ? Directory.GroupsOfGroup(principal.Name) : Directory.GroupsOfUser(principal.Name)).Append(PrincipalKey.AccountUsers);
}
