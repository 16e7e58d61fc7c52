using PolicySync.Core.Options;
using PolicySync.Core.Principals;

namespace PolicySync.Core.Policies;

/// <summary>Everything that decides what policy wants of a securable, but for the securable itself.</summary>
/// <param name="Policies">The policies.</param>
/// <param name="Directory">The principals.</param>
/// <param name="Sync">Options of the sync.</param>
/// <param name="ExpandUpTo">Largest number of members that a group is expanded to, <c>Principals:ExpandUpTo</c>.</param>
/// <param name="At">The time at which schedules are evaluated.</param>
/// <param name="Tags">
/// Tags of the securable, its parents and its columns from a source other than the tag download; null when no such source was
/// read.
/// </param>
public sealed record PolicyInputs(
    PolicySnapshot Policies, PrincipalSnapshot Directory, SyncOptions Sync, int ExpandUpTo, DateTimeOffset At, SecurableTags? Tags = null);
