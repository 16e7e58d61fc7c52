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
internal sealed class RunFindings
{
    /// <summary>How long a principal that the server refused is not tried again while the directory does not list it.</summary>
    private static readonly TimeSpan PrincipalRefusalLasts = TimeSpan.FromHours(1);

    /// <summary>See <see cref="RefusedPrivilege"/>.</summary>
    private static readonly TimeSpan PrivilegeRefusalLasts = TimeSpan.FromDays(1);

    private readonly HashSet<string> _principals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _privileges = new(StringComparer.Ordinal);
    private readonly List<ResourceChange> _changes = [];
    private IReadOnlyList<ResourceChange> _unconfirmed = [];
    private string _kind = "";
    private long _policyVersion;

    /// <summary>Changes that are known to have taken effect.</summary>
    public IReadOnlyList<ResourceChange> Changes => _changes;

    /// <summary>Whether the server refuses changes that both add and remove.</summary>
    public bool Split { get; private set; }

    /// <summary>Notes that a PATCH with these changes goes out; the next read tells which took effect.</summary>
    public void Sent(IReadOnlyList<ResourceChange> changes) => _unconfirmed = changes;

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
            read.Any(assignment => Names(assignment, change.Principal) && assignment.Privileges.Contains(change.Privilege))
            == (change.Action == ChangeAction.Grant)));
        _unconfirmed = [];
    }

    /// <summary>Takes out what the server refused; false when the failure is of another kind, or this did not help.</summary>
    public bool TakeOut(SyncException e, SecurableType type)
    {
        var subject = e.Data["subject"] as string;
        return e.ServerCode switch
        {
            "PRINCIPAL_DOES_NOT_EXIST" when subject is not null => _principals.Add(PrincipalKey.Of(subject)),
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
        var principals = remembered.Refused
            .Where(refused => Holds(refused.Value, now) && directory.KindOf(refused.Key) == PrincipalKind.Unknown)
            .Select(refused => refused.Key);
        var privileges = remembered.RefusedPrivileges.Where(refused => Holds(refused.Value, now)).Select(refused => refused.Key);
        plan = _principals.Union(principals).Aggregate(plan, (rest, key) => rest.Without(key));
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

    private static bool Holds(DateTimeOffset refusedAt, DateTimeOffset now) => now - refusedAt < PrincipalRefusalLasts;

    private bool Holds(RefusedPrivilege refused, DateTimeOffset now) =>
        refused.Kind == _kind && (refused.PolicyVersion == _policyVersion || now - refused.At < PrivilegeRefusalLasts);

    // A change names a deleted principal by its id, an assignment has no name for it.
    private static bool Names(Assignment assignment, string principal) => assignment.IsDeletedPrincipal
        ? assignment.PrincipalId?.ToString(CultureInfo.InvariantCulture) == principal
        : PrincipalKey.Of(assignment.Principal) == PrincipalKey.Of(principal);
}
