using System.Globalization;
using PolicySync.Core.Grants;
using PolicySync.Core.Principals;
using PolicySync.Core.Tasks;

namespace PolicySync.Grains.Resources.Runs;

/// <summary>
/// The changes that one run has made and found. It outlives the run's attempts: a retry must not forget a change that was
/// made.
/// </summary>
internal sealed class ChangeTracker
{
    private readonly List<ResourceChange> _made = [];
    private IReadOnlyList<ResourceChange> _sent = [];
    private IReadOnlyList<ExternalChange>? _external;

    /// <summary>Changes that are known to have taken effect.</summary>
    public IReadOnlyList<ResourceChange> Made => _made;

    /// <summary>What others had changed before the run.</summary>
    public IReadOnlyList<ExternalChange> External => _external ?? [];

    /// <summary>Whether the schema or a function of row filters and masks was found not to be as this service made it.</summary>
    public bool IsTampered { get; set; }

    /// <summary>What was granted and withdrawn at once, for people; null when nothing was.</summary>
    public string? Withdrawn { get; set; }

    /// <summary>Records what others changed. Only the run's first read counts: what a later one lacks may have been revoked by the run.</summary>
    public void AddExternal(IReadOnlyList<ExternalChange> changes) => _external ??= changes;

    /// <summary>Records a change that has taken effect; null for none.</summary>
    public void Add(ResourceChange? change)
    {
        if (change is not null)
        {
            _made.Add(change);
        }
    }

    /// <summary>Records that a PATCH goes out. Whether it takes effect is decided by what follows.</summary>
    public void BeginSending(IReadOnlyList<ResourceChange> changes) => _sent = changes;

    /// <summary>The PATCH was refused as a whole, or is being taken back.</summary>
    public void DiscardSent() => _sent = [];

    /// <summary>A read shows the PATCH.</summary>
    public void ConfirmAll()
    {
        _made.AddRange(_sent);
        _sent = [];
    }

    /// <summary>Decides by a read which changes took effect of a PATCH that was not answered, or that no read showed in time.</summary>
    public void ConfirmBy(IReadOnlyList<Assignment> read)
    {
        _made.AddRange(_sent.Where(change =>
            read.Any(assignment => IsOf(assignment, change.Principal!) && assignment.Privileges.Contains(change.Privilege))
            == (change.Action == ChangeAction.Grant)));
        _sent = [];
    }

    // A change names a deleted principal by its id, since an assignment has no name for it.
    private static bool IsOf(Assignment assignment, string principal) => assignment.IsDeletedPrincipal
        ? assignment.PrincipalId?.ToString(CultureInfo.InvariantCulture) == principal
        : PrincipalKey.Of(assignment.Principal) == PrincipalKey.Of(principal);
}
