using PolicySync.Core.Guards;
using PolicySync.Core.Options;
using PolicySync.Core.Policies;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;

namespace PolicySync.Core.Desired;

/// <summary>What one computation of a desired state works on.</summary>
/// <param name="inputs">Policies and what they are evaluated with.</param>
/// <param name="facts">The securable.</param>
/// <param name="guards">Row filters and masks in force, or about to be; null where none can be set.</param>
/// <param name="guardsTables">Whether row filters and masks are set on tables at all; a container does not know the kinds of its tables.</param>
internal sealed class DesiredContext(PolicyInputs inputs, SecurableFacts facts, TableGuards? guards, bool guardsTables)
{
    private readonly Dictionary<string, PolicyView> _tagPolicies = new(StringComparer.Ordinal);

    public PolicySnapshot Policies { get; } = inputs.Policies;

    public PrincipalSnapshot Directory { get; } = inputs.Directory;

    public SecurableFacts Facts { get; } = facts;

    public SyncOptions Sync { get; } = inputs.Sync;

    /// <summary>Largest number of members that a group is expanded to.</summary>
    public int ExpandUpTo { get; } = inputs.ExpandUpTo;

    /// <summary>The time at which schedules are evaluated.</summary>
    public DateTimeOffset At { get; } = inputs.At;

    /// <summary>Tags from a source other than the tag download; null when no such source was read.</summary>
    public SecurableTags? Tags { get; } = inputs.Tags;

    /// <summary>Row filters and masks in force, or about to be; null where none can be set.</summary>
    public TableGuards? Guards { get; } = guards;

    /// <summary>Whether row filters and masks are set on tables at all.</summary>
    public bool GuardsTables { get; } = guardsTables;

    public Subjects Subjects { get; } = Subjects.Of(inputs.Policies, inputs.Directory, inputs.Sync.RolesAsGroups);

    public Candidates Candidates { get; } = new(inputs.Policies, inputs.Directory, inputs.Sync.RolesAsGroups);

    public AccessItems Items { get; } = new(inputs.Policies.Engine);

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
