using PolicySync.Core.Policies.Comparing;
using PolicySync.Core.Policies.Sets;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies.Watching;

/// <summary>
/// What two versions of the policies, and of all that decides with them, can change: the securables whose desired grants, row filters,
/// masks or gaps may differ, or all of them with a reason. It may cover a securable that does not change; it covers each that does. Immutable.
/// </summary>
/// <remarks>
/// A policy that differs concerns what it names. A policy that is the same concerns it too when it names a role, group or user that
/// differs. Zones and tags concern their resources and what lies below these. A container's state depends on every tag policy, because
/// anything below it may be tagged later.
/// </remarks>
public sealed class WatchedChange
{
    private readonly PolicyProbe _probe;
    private readonly PolicyProbe _ofMembers;
    private readonly PolicyProbe _restrictive;
    private readonly NamedResources _resources;
    private readonly bool _everyContainer;

    private WatchedChange(
        string? everything, int policies, bool everyContainer, NamedResources resources, (PolicyProbe Certain, PolicyProbe OfMembers, PolicyProbe Restrictive) probes)
    {
        (Everything, Policies, _everyContainer, _resources) = (everything, policies, everyContainer, resources);
        (_probe, _ofMembers, _restrictive) = probes;
    }

    /// <summary>Why every managed securable can be concerned, for people; null when not all can.</summary>
    public string? Everything { get; }

    /// <summary>The number of policies that differ, those of both versions counted, or whose principals do.</summary>
    public int Policies { get; }

    /// <summary>Whether no securable is concerned.</summary>
    public bool IsNothing => Everything is null && !_everyContainer && _probe.IsEmpty && (_ofMembers.IsEmpty || _restrictive.IsEmpty);

    /// <summary>
    /// The securables that can be concerned, containers included, where policies name them without patterns; they need not exist. Null when
    /// they are found by listing only.
    /// </summary>
    public IReadOnlyCollection<Securable>? Named =>
        Everything is null && !_everyContainer && !_resources.AreOpen ? [.. _resources.Named.Where(Concerns)] : null;

    /// <summary>Whether a securable can be concerned.</summary>
    public bool Concerns(Securable securable) => Everything is not null
        || (_everyContainer && securable.Type.IsContainer())
        || _probe.Concerns(securable)
        || (_ofMembers.Concerns(securable) && _restrictive.Concerns(securable));

    /// <summary>Whether anything below a container, which may itself be concerned or not, can be concerned.</summary>
    public bool ConcernsBelow(Securable container) => Everything is not null
        || (_everyContainer && container.Type == SecurableType.Catalog)
        || _probe.ConcernsBelow(container)
        || (_ofMembers.ConcernsBelow(container) && _restrictive.ConcernsBelow(container));

    /// <summary>Whether a securable of a type, below schemas or outside catalogs, can be concerned at all.</summary>
    public bool ConcernsAny(SecurableType type) => Everything is not null || _resources.Types.Contains(type);

    /// <summary>Compares two versions.</summary>
    /// <param name="before">The version whose changes were dealt with last.</param>
    /// <param name="after">The version that is in force.</param>
    /// <param name="tagsElsewhere">Whether tags of another source than Ranger's download count, so that it is not known what carries one.</param>
    /// <exception cref="Ranger.Json.RangerFormatException">What was stored of <paramref name="before"/> is damaged.</exception>
    public static WatchedChange Between(WatchedPolicies before, WatchedPolicies after, bool tagsElsewhere) =>
        new WatchedComparison(before, after, tagsElsewhere).Compare();

    /// <summary>A change of which nothing is known but that there may be one.</summary>
    /// <param name="reason">Why, for people.</param>
    public static WatchedChange OfEverything(string reason)
    {
        var nothing = new PolicyProbe(new ServicePolicies());
        return new WatchedChange(reason, 0, everyContainer: true, new NamedResources(), (nothing, nothing, nothing));
    }

    /// <summary>The work of one comparison.</summary>
    private sealed class WatchedComparison(WatchedPolicies before, WatchedPolicies after, bool tagsElsewhere)
    {
        private const string UnknownTags = "a tag policy decides differently, and it is not known what carries its tags";

        private readonly ServicePolicies _was = PolicyContent.Normal(before.Policies.ReadHeader());
        private readonly ServicePolicies _is = PolicyContent.Normal(after.Policies.ReadHeader());
        private readonly NamedResources _resources = new();
        private readonly IReadOnlySet<string> _unreached = before.Principals is { } was && after.Principals is { } now
            ? PrincipalMarks.Unreached(was, now) : new HashSet<string>();

        private bool AreTagsUnknown => tagsElsewhere || !after.HasTags || _is.TagPolicies?.ServiceDef is null;

        public WatchedChange Compare()
        {
            var probe = new PolicyProbe(_is);
            var (ofMembers, restrictive) = (new PolicyProbe(_is), new PolicyProbe(_is));
            var differing = DifferingPolicies.Between(before.Policies, after.Policies);
            var hasTagPolicies = HasTagPolicies(before, _was) || HasTagPolicies(after, _is);
            if (Everything(hasTagPolicies) is { } everything)
            {
                return new WatchedChange(everything, differing.Count, everyContainer: true, _resources, (probe, ofMembers, restrictive));
            }

            var (named, ofGroups) = Renamed(differing);
            List<PolicyEntry> changed = [.. differing, .. named];
            if (AreTagsUnknown && (changed.Exists(static entry => entry.IsOfTags) || (ofGroups.Count > 0 && hasTagPolicies)))
            {
                return new WatchedChange(UnknownTags, changed.Count, everyContainer: true, _resources, (probe, ofMembers, restrictive));
            }

            probe.AddPolicies(Of(changed, isOfTags: false));
            NotePolicies(changed.Concat(ofGroups));
            var zones = ChangedZones.Between(_was, _is);
            var tagPolicies = Of(changed, isOfTags: true);
            probe.AddZones(zones);
            NoteZones(zones);
            AddTags(probe, tagPolicies, hasTagPolicies);
            AddMembers(ofMembers, restrictive, Of(ofGroups, isOfTags: false));
            return new WatchedChange(null, changed.Count + ofGroups.Count, tagPolicies.Count > 0, _resources, (probe, ofMembers, restrictive));
        }

        // What cannot be narrowed down to resources.
        private string? Everything(bool hasTagPolicies) =>
            before.Settings != after.Settings ? "settings that decide about grants differ"
            : !PolicyComparison.AreEqual(_was.ServiceDef, _is.ServiceDef) ? "the service definition differs"
            : !PolicyComparison.AreEqual(_was.ServiceConfig, _is.ServiceConfig) ? "the settings of the service in Ranger differ"
            : !hasTagPolicies ? null
            : !PolicyComparison.AreEqual(_was.TagPolicies?.ServiceDef, _is.TagPolicies?.ServiceDef) ? "the definition of the tag service differs"
            : before.HasTags != after.HasTags ? "the tag download came or went"
            : null;

        // Policies that are the same and name somebody who is not: certainly, and only where another policy restricts.
        private (IReadOnlyList<PolicyEntry> Certain, IReadOnlyList<PolicyEntry> OfGroups) Renamed(IReadOnlyList<PolicyEntry> differing)
        {
            var names = ChangedNames.Between(before, after);
            var (others, members) = before.Principals is { } was && after.Principals is { } now
                ? (PrincipalMarks.Others(was, now), PrincipalMarks.OtherMembers(was, now)) : (new(), new());
            if (!names.Any && others.AreNone && members.AreNone)
            {
                return ([], []);
            }

            var roles = after.ReadRoles().Roles;
            others.AddRolesAbove(roles);
            members.AddRolesAbove(roles);
            var known = differing.Select(static entry => Key(entry)).ToHashSet();
            var (certain, ofGroups) = (new List<PolicyEntry>(), new List<PolicyEntry>());
            foreach (var entry in after.Policies.ReadEntries().Where(static entry => entry.Policy.IsEnabled))
            {
                if (names.Concern(entry) || others.AreNamedIn(entry))
                {
                    certain.Add(entry);
                }
                else if (members.AreNamedIn(entry))
                {
                    (Restricts(entry) || entry.IsOfTags ? certain : ofGroups).Add(entry);
                }
            }

            return ([.. certain.Where(entry => !known.Contains(Key(entry)))], ofGroups);
        }

        // A policy that allows a group leads to a grant to the group, which depends on its members only where another policy restricts.
        private void AddMembers(PolicyProbe ofMembers, PolicyProbe restrictive, IReadOnlyCollection<RangerPolicy> policies)
        {
            if (policies.Count == 0)
            {
                return;
            }

            ofMembers.AddPolicies(policies);
            var entries = after.Policies.ReadEntries().Where(entry => entry.Policy.IsEnabled && Restricts(entry)).ToList();
            restrictive.AddPolicies(Of(entries, isOfTags: false));
            restrictive.AddTagPolicies(Of(entries, isOfTags: true), ChangedTags.Of(after.ReadTags()));
        }

        private void AddTags(PolicyProbe probe, IReadOnlyCollection<RangerPolicy> tagPolicies, bool hasTagPolicies)
        {
            var same = before.SameParts(after).Tags;
            if (!hasTagPolicies || (same && tagPolicies.Count == 0))
            {
                return;
            }

            var (was, now) = (before.ReadTags(), after.ReadTags());
            if (tagPolicies.Count > 0)
            {
                probe.AddTagPolicies(tagPolicies, ChangedTags.Of(was));
                probe.AddTagPolicies(tagPolicies, ChangedTags.Of(now));
                probe.AddCutByZones(_was);
                probe.AddCutByZones(_is);
                _resources.AddAny();
            }

            if (!same)
            {
                var all = Of(new[] { before, after }.SelectMany(static set => set.Policies.ReadEntries()).Where(static entry => entry.Policy.IsEnabled), isOfTags: true);
                var tags = ChangedTags.Between(was, now, all);
                probe.AddTagPolicies(all, tags);
                tags.ServiceResources.ForEach(resource => _resources.Add(resource.ResourceElements, withBelow: true));
            }
        }

        private void NotePolicies(IEnumerable<PolicyEntry> entries)
        {
            foreach (var resources in entries.Where(static entry => !entry.IsOfTags).SelectMany(static entry => entry.Resources))
            {
                _resources.Add(resources, withBelow: false);
            }
        }

        private void NoteZones(IReadOnlyCollection<Dictionary<string, List<string>>> zones)
        {
            foreach (var resources in ChangedZones.Tagged(zones, _is.ServiceDef!, "").ServiceResources)
            {
                _resources.Add(resources.ResourceElements, withBelow: true);
            }
        }

        // Without a tag service, which the header tells, no policy has to be parsed for it.
        private static bool HasTagPolicies(WatchedPolicies set, ServicePolicies header) =>
            header.TagPolicies is not null && set.Policies.ReadEntries().Any(static entry => entry.IsOfTags && entry.Policy.IsEnabled);

        // What takes access away, or may (a policy that cannot be evaluated counts against access), and what does not reach all that
        // it allows.
        private bool Restricts(PolicyEntry entry) => entry.Policy is var policy
            && (policy.DenyPolicyItems.Count > 0 || policy.AllowExceptions.Count > 0 || policy.DenyExceptions.Count > 0 || policy.IsDenyAllElse
                || policy.DataMaskPolicyItems.Count > 0 || policy.RowFilterPolicyItems.Count > 0
                || policy.Conditions.Count > 0 || policy.PolicyItems.Exists(static item => item.Conditions.Count > 0)
                || policy.ValiditySchedules.Count > 0
                || entry.Items.Any(item => item.Groups.Exists(_unreached.Contains) || item.Roles.Exists(_unreached.Contains)));

        private static PolicyDigest Key(PolicyEntry entry) => PolicyDigest.Of(PolicyContent.DigestOf(entry));

        private static List<RangerPolicy> Of(IEnumerable<PolicyEntry> entries, bool isOfTags) =>
            [.. entries.Where(entry => entry.IsOfTags == isOfTags).Select(static entry => entry.Policy)];
    }
}
