namespace PolicySync.Core.Tasks;

/// <summary>A change of grants that somebody else made, found by comparing what stands with policy and with our ledger.</summary>
/// <param name="Action">
/// <see cref="ChangeAction.Revoke"/>: our ledger says that we granted it, and it is gone. <see cref="ChangeAction.Grant"/>:
/// it stands, no policy wants it, and we did not grant it.
/// </param>
/// <param name="Principal">Whose grant.</param>
/// <param name="Privilege">Which.</param>
/// <param name="PolicyId">The policy that had asked for a grant that is gone.</param>
/// <param name="TaskId">The task that had made it.</param>
/// <param name="By">
/// Who changed the securable or its grants last, when that was not this service; null when Unity Catalog does not tell,
/// as of everything but schemas.
/// </param>
/// <param name="At">When that was, by the workspace's clock.</param>
public sealed record ExternalChange(
    ChangeAction Action, string Principal, string Privilege, long? PolicyId, string? TaskId, string? By, DateTimeOffset? At);
