using System.Globalization;
using PolicySync.Core.Errors;
using PolicySync.Core.Grants;
using PolicySync.Core.Planning;
using PolicySync.Core.Principals;
using PolicySync.Core.Privileges;
using PolicySync.Core.Securables;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources;

/// <summary>
/// What one run has found out and done so far. It outlives the run's attempts: a retry must neither forget a change
/// that was made nor try again what the server refused.
/// </summary>
/// <param name="shared">What runs on other securables found out about principals.</param>
internal sealed class RunFindings(RefusedPrincipals shared)
{
    /// <summary>
    /// How long a principal that the server refused is not tried again while the directory does not list it, nor a part that
    /// it refused.
    /// </summary>
    private static readonly TimeSpan RefusalLasts = TimeSpan.FromHours(1);

    /// <summary>
    /// Refusals that one run takes to find out which parts of a change are refused. The rest is left to the next run.
    /// </summary>
    private const int MaxRefusals = 64;

    /// <summary>The word of a refusal that a principal is unknown.</summary>
    public const string UnknownPrincipal = "PRINCIPAL_DOES_NOT_EXIST";

    /// <summary>See <see cref="RefusedPrivilege"/>.</summary>
    private static readonly TimeSpan PrivilegeRefusalLasts = TimeSpan.FromDays(1);

    private readonly HashSet<string> _principals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _privileges = new(StringComparer.Ordinal);
    private readonly HashSet<string> _takenForUnknown = new(StringComparer.Ordinal);
    private readonly Dictionary<PlanPart, string> _parts = [];
    private readonly Dictionary<PlanPart, string> _putOff = [];
    private readonly HashSet<PlanPart> _refusedBefore = [];
    private int _refusals;
    private readonly List<ResourceChange> _changes = [];
    private readonly List<ExternalChange> _external = [];
    private IReadOnlyList<ResourceChange> _unconfirmed = [];
    private bool _looked;
    private string _kind = "";
    private long _policyVersion;
    private PrincipalSnapshot? _directory;

    /// <summary>Changes that are known to have taken effect.</summary>
    public IReadOnlyList<ResourceChange> Changes => _changes;

    /// <summary>What others had changed when the run began.</summary>
    public IReadOnlyList<ExternalChange> External => _external;

    /// <summary>Whether the server refuses changes that both add and remove.</summary>
    public bool Split { get; private set; }

    /// <summary>Whether the run has met as many refusals as it takes.</summary>
    public bool IsSpent => _refusals >= MaxRefusals;

    /// <summary>
    /// A refusal of a part for which nothing about that part speaks: when nothing at all was taken, it is meant for
    /// everything. Null when there was none, or when others were taken in the run that first met it.
    /// </summary>
    public SyncException? RefusedForAll { get; private set; }

    /// <summary>
    /// Notes what others changed. Only once, by the run's first read: what a later one lacks may be our own doing.
    /// </summary>
    public void Found(Func<IReadOnlyList<ExternalChange>> changes)
    {
        if (!_looked)
        {
            _looked = true;
            _external.AddRange(changes());
        }
    }

    /// <summary>Why no row filter or mask can be set on the table; null as long as nothing speaks against it.</summary>
    public string? GuardFault { get; set; }

    /// <summary>What kept statements from being carried out that may pass; null when nothing did.</summary>
    public string? GuardTrouble { get; set; }

    /// <summary>Whether the schema or a function of row filters and masks was found not to be as we made it.</summary>
    public bool IsTampered { get; set; }

    /// <summary>What was granted and withdrawn again at once, for people; null when nothing was.</summary>
    public string? Withdrawn { get; set; }

    /// <summary>What is kept of row filters and masks that policy no longer wants, and for whom.</summary>
    public IReadOnlyList<Gap> GuardGaps { get; set; } = [];

    /// <summary>Functions of ours that nothing of ours uses and Databricks refused to drop.</summary>
    public IReadOnlyList<string> Undropped { get; set; } = [];

    /// <summary>
    /// Gives up setting row filters and masks, when that is what the run failed at: what is left to do is to take SELECT back
    /// from those whom they should concern. False when it is not, or was given up before.
    /// </summary>
    public bool GiveUpGuards()
    {
        var givesUp = GuardTrouble is not null && GuardFault is null;
        GuardFault ??= GuardTrouble;
        return givesUp;
    }

    /// <summary>Notes a change that has taken effect.</summary>
    public void Did(ResourceChange? change)
    {
        if (change is not null)
        {
            _changes.Add(change);
        }
    }

    /// <summary>Notes that a PATCH with a part of these changes goes out; the next read tells which took effect.</summary>
    public void Sent(IReadOnlyList<ResourceChange> changes, IReadOnlyList<PermissionChange> part) =>
        _unconfirmed = [.. changes.Where(change => part.Any(sent => NameOf(sent) == change.Principal
            && (change.Action == ChangeAction.Grant ? sent.Add : sent.Remove).Contains(change.Privilege)))];

    /// <summary>Notes that the PATCH was refused as a whole.</summary>
    public void Refused() => _unconfirmed = [];

    /// <summary>Notes that reads show the PATCH.</summary>
    public void Verified()
    {
        _changes.AddRange(_unconfirmed);
        _unconfirmed = [];
    }

    /// <summary>Finds out by a read which changes of a PATCH took effect that was not answered or not verified.</summary>
    public void Confirm(IReadOnlyList<Assignment> read)
    {
        _changes.AddRange(_unconfirmed.Where(change =>
            read.Any(assignment => Names(assignment, change.Principal!) && assignment.Privileges.Contains(change.Privilege))
            == (change.Action == ChangeAction.Grant)));
        _unconfirmed = [];
    }

    /// <summary>Notes that one more PATCH was refused.</summary>
    public void CountRefusal() => _refusals++;

    /// <summary>Takes out what a refusal names; false when it names nothing of <paramref name="parts"/>.</summary>
    public bool Learn(SyncException refusal, IReadOnlyList<PlanPart> parts)
    {
        var subject = refusal.Subject ?? "";
        var key = PrincipalKey.Of(subject);
        switch (refusal.ServerCode)
        {
            case "DUPLICATE_ADD_REMOVE":
                return !Split && (Split = true);
            case "PRIVILEGE_NOT_APPLICABLE":
                var name = Privilege.Normalise(subject);
                return parts.Any(part => part.Grants && part.Privilege == name) && _privileges.Add(name);
            case UnknownPrincipal:
                return parts.Any(part => part.Principal == key) && RefusePrincipal(key);
            default:
                var named = parts.Where(part => part.Principal == key).ToList();
                named.ForEach(part => _parts[part] = refusal.Message);
                return named.Count > 0;
        }
    }

    /// <summary>Notes that the server does not know a principal; false when that is known.</summary>
    public bool RefusePrincipal(string key)
    {
        shared.Add(key);
        return _principals.Add(key);
    }

    /// <summary>
    /// Takes principals for unknown that nobody asked the server about one by one. Not remembered for the securable: a later
    /// run asks about them.
    /// </summary>
    public void TakeForUnknown(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            shared.Add(key);
            _takenForUnknown.Add(key);
        }
    }

    /// <summary>Notes that the server refused a part by itself.</summary>
    public void Refuse(PlanPart part, SyncException refusal)
    {
        _parts.TryAdd(part, refusal.Message);
        if (!(part.Grants && Privilege.NeedsMoreThanManage(part.Privilege)) && !_refusedBefore.Contains(part))
        {
            RefusedForAll ??= refusal;
        }
    }

    /// <summary>Takes back what was found out of parts: the cause is none of theirs, and the next run is to try them all.</summary>
    public void ForgetParts() => _parts.Clear();

    /// <summary>Leaves parts to a later run.</summary>
    public void PutOff(IEnumerable<PlanPart> parts)
    {
        foreach (var part in parts)
        {
            _putOff.TryAdd(part, $"{MaxRefusals} changes were refused before it was tried; the next sync goes on");
        }
    }

    /// <summary>Whether nothing of it is tried any more.</summary>
    public bool IsOut(PlanPart part) =>
        _principals.Contains(part.Principal) || _takenForUnknown.Contains(part.Principal)
        || (part.Grants && _privileges.Contains(part.Privilege)) || _parts.ContainsKey(part) || _putOff.ContainsKey(part);

    /// <summary>The plan without what the server refused in this run, or lately.</summary>
    public GrantPlan Refine(
        GrantPlan plan, ResourceState remembered, PrincipalSnapshot directory, long policyVersion, DateTimeOffset now)
    {
        (_kind, _policyVersion, _directory) = (plan.Facts.Kind, policyVersion, directory);
        _refusedBefore.UnionWith(remembered.RefusedParts.Select(refused => refused.ToPart()));
        var principals = remembered.Refused.Where(refused => Holds(refused.Value, now)).Select(refused => refused.Key)
            // Whom a read shows, the server knows by now.
            .Concat(plan.NewPrincipalKeys.Where(shared.Has))
            .Where(key => !IsListed(key, directory) || remembered.RefusedThoughListed.Contains(key));
        var privileges = remembered.RefusedPrivileges.Where(refused => Holds(refused.Value, now)).Select(refused => refused.Key);
        plan = _principals.Union(_takenForUnknown).Union(principals.ToList()).Aggregate(plan, (rest, key) => rest.Without(key, directory.KindOf(key)));
        plan = _privileges.Union(privileges).Aggregate(plan, (rest, privilege) => rest.WithoutPrivilege(privilege));
        var parts = new Dictionary<PlanPart, string>(_putOff);
        foreach (var (part, reason) in remembered.RefusedParts.Where(refused => Holds(refused.At, now))
            .Select(refused => (refused.ToPart(), refused.Reason)).Concat(_parts.Select(refused => (refused.Key, refused.Value))))
        {
            parts[part] = reason;
        }

        return parts.Count == 0 ? plan : plan.Without(parts);
    }

    /// <summary>Writes refusals down, for runs to come.</summary>
    public void Remember(ResourceState state, DateTimeOffset now)
    {
        foreach (var key in state.Refused.Where(refused => !Holds(refused.Value, now)).Select(refused => refused.Key).ToList())
        {
            state.Refused.Remove(key);
        }

        foreach (var name in state.RefusedPrivileges.Where(refused => !Holds(refused.Value, now)).Select(refused => refused.Key).ToList())
        {
            state.RefusedPrivileges.Remove(name);
        }

        foreach (var key in _principals)
        {
            state.Refused[key] = now;
        }

        state.RefusedThoughListed.RemoveAll(key => !state.Refused.ContainsKey(key) || _principals.Contains(key));
        state.RefusedThoughListed.AddRange(_principals.Where(key => _directory is { } directory && IsListed(key, directory)));
        state.RefusedParts.RemoveAll(refused => !Holds(refused.At, now) || _parts.ContainsKey(refused.ToPart()));
        state.RefusedParts.AddRange(_parts.Select(refused => RefusedPart.Of(refused.Key, refused.Value, now)));

        foreach (var name in _privileges)
        {
            state.RefusedPrivileges[name] = new RefusedPrivilege { At = now, PolicyVersion = _policyVersion, Kind = _kind };
        }
    }

    private static bool IsListed(string key, PrincipalSnapshot directory) =>
        directory.KindOf(key) is not (PrincipalKind.Unknown or PrincipalKind.WorkspaceGroup);

    private static string? NameOf(PermissionChange change) =>
        change.Principal.Length > 0 ? change.Principal : change.PrincipalId?.ToString(CultureInfo.InvariantCulture);

    private static bool Holds(DateTimeOffset refusedAt, DateTimeOffset now) => now - refusedAt < RefusalLasts;

    private bool Holds(RefusedPrivilege refused, DateTimeOffset now) =>
        refused.Kind == _kind && (refused.PolicyVersion == _policyVersion || now - refused.At < PrivilegeRefusalLasts);

    // A change names a deleted principal by its id, an assignment has no name for it.
    private static bool Names(Assignment assignment, string principal) => assignment.IsDeletedPrincipal
        ? assignment.PrincipalId?.ToString(CultureInfo.InvariantCulture) == principal
        : PrincipalKey.Of(assignment.Principal) == PrincipalKey.Of(principal);
}
