using System.Text.RegularExpressions;
using PolicySync.Core.Errors;
using PolicySync.Core.Options;
using PolicySync.Core.Policies.Ignored;
using PolicySync.Core.Principals;
using PolicySync.Core.Securables;
using PolicySync.Ranger.Evaluation;
using PolicySync.Ranger.Json;
using PolicySync.Ranger.Model;

namespace PolicySync.Core.Policies;

/// <summary>
/// One version of the policies, compiled: names mapped, engine built. Immutable and shared by all runs that use it.
/// </summary>
public sealed class PolicySnapshot
{
    private static readonly ServiceTags NoTags = new();

    private readonly Dictionary<string, List<string>> _rangerGroups;
    private readonly Lazy<Dictionary<string, string[]>> _rangerMembers;

    private readonly UnreadTags? _unread;
    private readonly RangerUserStore? _store;
    private readonly ServiceTags? _anyTags;

    private PolicySnapshot(PolicyBaseline baseline, RangerEngine engine, NameMapper names, PolicyDownload download, RangerUserStore? store)
    {
        Baseline = baseline;
        Engine = engine;
        Names = names;
        _unread = Policies.UnreadTags.Of(download);
        _anyTags = download.Tags is null ? null : NoTags; // the engine has the tags; what counts here is that there were some
        _store = store;
        Warnings = PolicyWarnings.Of(download);
        _rangerGroups = store?.UserGroupMapping ?? [];
        _rangerMembers = new(() => MembersByGroup(_rangerGroups));
    }

    /// <summary>Version, stamp and size.</summary>
    public PolicyBaseline Baseline { get; }

    /// <summary>The version number in the download; -1 when it has none.</summary>
    public long Version => Baseline.Version;

    /// <summary>What of these policies has no effect.</summary>
    public PolicyWarnings Warnings { get; }

    /// <summary>Evaluates the policies.</summary>
    public RangerEngine Engine { get; }

    /// <summary>Spellings of user names.</summary>
    public NameMapper Names { get; }

    /// <summary>
    /// Why the tag policies of this version cannot be read, so that each of them may decide anywhere; null when they can.
    /// </summary>
    /// <param name="tags">Tags of the securable from a source other than the tag download; null when no such source was read.</param>
    public string? UnreadTags(SecurableTags? tags) =>
        _unread == Policies.UnreadTags.Untold && tags is not null ? null : _unread?.Reason;

    /// <summary>Groups that Ranger's user store puts the user in.</summary>
    public IReadOnlyList<string> RangerGroupsOf(string userKey) => _rangerGroups.GetValueOrDefault(userKey) ?? [];

    /// <summary>Keys of the users that Ranger's user store puts in the group.</summary>
    public IEnumerable<string> RangerMembersOf(string group) => _rangerMembers.Value.GetValueOrDefault(group) ?? [];

    /// <summary>
    /// When the desired state of a securable may change next without anything else changing: a schedule or a tag's validity
    /// begins or ends, or a date comes that a tag names. Null when nothing such concerns it. It may come early.
    /// </summary>
    /// <param name="securable">The securable.</param>
    /// <param name="after">The time after which to look.</param>
    /// <param name="tags">Its tags from a source other than the tag download; null when no such source was read.</param>
    public DateTimeOffset? NextChange(Securable securable, DateTimeOffset after, SecurableTags? tags) => Engine.NextChange(
        RangerResources.Of(securable, owner: null), after, tags?.Concerning(RangerResources.Elements(securable)), securable.Type.IsContainer());

    // Counted first, so that no list grows: there may be millions of memberships.
    private static Dictionary<string, string[]> MembersByGroup(Dictionary<string, List<string>> groups)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var group in groups.Values.SelectMany(of => of))
        {
            counts[group] = counts.GetValueOrDefault(group) + 1;
        }

        var members = counts.ToDictionary(pair => pair.Key, pair => new string[pair.Value], StringComparer.Ordinal);
        foreach (var (user, of) in groups)
        {
            foreach (var group in of)
            {
                members[group][^counts[group]--] = user;
            }
        }

        return members;
    }

    /// <summary>Compiles other policies for the roles, users and tags of this version, which stays as it is.</summary>
    /// <param name="policies">The policies; they are used up, as their user names are rewritten.</param>
    /// <param name="stamp">Names them in place of the stamp of a download.</param>
    /// <param name="map">Rewriting of user names.</param>
    /// <exception cref="SyncException"><see cref="SyncErrorCode.InvalidPlan"/> when they cannot be compiled.</exception>
    public PolicySnapshot With(ServicePolicies policies, string stamp, IEnumerable<NameMapping> map)
    {
        try
        {
            var download = new PolicyDownload(stamp, policies, Roles: null, UserStore: null, _anyTags);
            var names = new NameMapper(map);
            names.Apply(download);
            return new PolicySnapshot(Baseline with { Version = policies.PolicyVersion ?? -1, Stamp = stamp }, Engine.With(policies), names, download, _store);
        }
        catch (Exception e) when (e is RangerFormatException or RegexMatchTimeoutException)
        {
            throw new SyncException(SyncErrorCode.InvalidPlan, $"the candidate policies of the plan cannot be compiled: {e.Message}", e);
        }
    }

    /// <summary>Compiles a download that the gate let through. The download is used up: its user names are rewritten.</summary>
    /// <param name="download">The download.</param>
    /// <param name="baseline">Its version, stamp and size.</param>
    /// <param name="map">Rewriting of user names.</param>
    /// <param name="zone">The zone of the machines that Ranger's plugins run on; null for UTC.</param>
    /// <exception cref="SyncException">
    /// <see cref="SyncErrorCode.PoliciesUnavailable"/> when the service definition is missing or contradicts itself, or
    /// when a pattern of <c>Principals:Map</c> takes too long on a name.
    /// </exception>
    public static PolicySnapshot Compile(PolicyDownload download, PolicyBaseline baseline, IEnumerable<NameMapping> map, TimeZoneInfo? zone = null)
    {
        try
        {
            var names = new NameMapper(map);
            names.Apply(download);
            var engine = RangerEngine.Compile(
                download.Policies, download.Roles, download.UserStore, download.Tags,
                new EngineOptions { UnknownConditions = UnknownConditions.AgainstAccess, MachineZone = zone ?? TimeZoneInfo.Utc });
            return new PolicySnapshot(baseline, engine, names, download, download.UserStore);
        }
        catch (Exception e) when (e is RangerFormatException or RegexMatchTimeoutException)
        {
            throw new SyncException(SyncErrorCode.PoliciesUnavailable,
                $"version {baseline.Version} of the policies cannot be compiled: {e.Message}", e);
        }
    }
}
