namespace PolicySync.Core.Tasks;

/// <summary>A change of grants made by another principal, found by comparing the grants with policy and with our ledger.</summary>
/// <param name="Action">
/// <see cref="ChangeAction.Revoke"/>: our ledger says that we granted it, and it is gone. <see cref="ChangeAction.Grant"/>:
/// it exists, no policy wants it, and we did not grant it.
/// </param>
/// <param name="Principal">Whose grant.</param>
/// <param name="Privilege">Which.</param>
/// <param name="PolicyId">The policy that had asked for a grant that is gone.</param>
/// <param name="TaskId">The task that had made it.</param>
/// <param name="By">
/// The principal that changed the securable or its grants last, when that was not this service; null when Unity Catalog does not return it,
/// as of everything but schemas.
/// </param>
/// <param name="At">When that was, by the workspace's clock.</param>
public sealed record ExternalChange(
    ChangeAction Action, string Principal, string Privilege, long? PolicyId, string? TaskId, string? By, DateTimeOffset? At);
