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
    /// <summary>How long a principal that the server refused is not tried again while the directory does not list it.</summary>
    private static readonly TimeSpan PrincipalRefusalLasts = TimeSpan.FromHours(1);

    /// <summary>See <see cref="RefusedPrivilege"/>.</summary>
    private static readonly TimeSpan PrivilegeRefusalLasts = TimeSpan.FromDays(1);

    private readonly HashSet<string> _principals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _privileges = new(StringComparer.Ordinal);
    private readonly List<ResourceChange> _changes = [];
    private readonly List<ExternalChange> _external = [];
    private IReadOnlyList<ResourceChange> _unconfirmed = [];
    private bool _looked;
    private string _kind = "";
    private long _policyVersion;

    /// <summary>Changes that are known to have taken effect.</summary>
    public IReadOnlyList<ResourceChange> Changes => _changes;

    /// <summary>What others had changed when the run began.</summary>
    public IReadOnlyList<ExternalChange> External => _external;

    /// <summary>Whether the server refuses changes that both add and remove.</summary>
    public bool Split { get; private set; }

    /// <summary>Whether the server does not say which principal it refuses, so that each has to go by itself.</summary>
    public bool OneByOne { get; private set; }

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

    /// <summary>Takes out what the server refused; false when the failure is of another kind, or this did not help.</summary>
    /// <param name="e">The refusal.</param>
    /// <param name="sent">The PATCH that it answers.</param>
    /// <param name="type">The type of the securable.</param>
    public bool TakeOut(SyncException e, IReadOnlyList<PermissionChange> sent, SecurableType type)
    {
        var subject = e.Data["subject"] as string;
        return e.ServerCode switch
        {
            "PRINCIPAL_DOES_NOT_EXIST" => TakeOutPrincipal(subject, sent),
            "PRIVILEGE_NOT_APPLICABLE" when subject is not null => _privileges.Add(Privilege.Normalise(subject, type)),
            "DUPLICATE_ADD_REMOVE" when !Split => Split = true,
            _ => false,
        };
    }

    /// <summary>The plan without what the server refused in this run, or lately.</summary>
    public GrantPlan Refine(
        GrantPlan plan, ResourceState remembered, PrincipalSnapshot directory, long policyVersion, DateTimeOffset now)
    {
        (_kind, _policyVersion) = (plan.Facts.Kind, policyVersion);
        var principals = remembered.Refused.Where(refused => Holds(refused.Value, now)).Select(refused => refused.Key)
            // Whom a read shows, the server knows by now.
            .Concat(plan.NewPrincipalKeys.Where(shared.Has))
            .Where(key => directory.KindOf(key) is PrincipalKind.Unknown or PrincipalKind.WorkspaceGroup);
        var privileges = remembered.RefusedPrivileges.Where(refused => Holds(refused.Value, now)).Select(refused => refused.Key);
        plan = _principals.Union(principals.ToList()).Aggregate(plan, (rest, key) => rest.Without(key, directory.KindOf(key)));
        return _privileges.Union(privileges).Aggregate(plan, (rest, privilege) => rest.WithoutPrivilege(privilege));
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

        foreach (var name in _privileges)
        {
            state.RefusedPrivileges[name] = new RefusedPrivilege { At = now, PolicyVersion = _policyVersion, Kind = _kind };
        }
    }

    // The subject is a name as it was sent, or the id of a deleted principal.
    private bool TakeOutPrincipal(string? subject, IReadOnlyList<PermissionChange> sent)
    {
        var refused = sent.Count == 1 ? sent[0] : sent.FirstOrDefault(change => NameOf(change) == subject);
        if (refused is null)
        {
            return !OneByOne && (OneByOne = true);
        }

        var key = refused.Principal.Length > 0 ? PrincipalKey.Of(refused.Principal) : PrincipalKey.OfDeleted(refused.PrincipalId);
        shared.Add(key);
        return _principals.Add(key);
    }

    private static string? NameOf(PermissionChange change) =>
        change.Principal.Length > 0 ? change.Principal : change.PrincipalId?.ToString(CultureInfo.InvariantCulture);

    private static bool Holds(DateTimeOffset refusedAt, DateTimeOffset now) => now - refusedAt < PrincipalRefusalLasts;

    private bool Holds(RefusedPrivilege refused, DateTimeOffset now) =>
        refused.Kind == _kind && (refused.PolicyVersion == _policyVersion || now - refused.At < PrivilegeRefusalLasts);

    // A change names a deleted principal by its id, an assignment has no name for it.
    private static bool Names(Assignment assignment, string principal) => assignment.IsDeletedPrincipal
        ? assignment.PrincipalId?.ToString(CultureInfo.InvariantCulture) == principal
        : PrincipalKey.Of(assignment.Principal) == PrincipalKey.Of(principal);
}
