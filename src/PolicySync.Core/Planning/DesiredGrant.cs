namespace PolicySync.Core.Planning;

/// <summary>One direct grant that policy wants on a securable.</summary>
/// <param name="Principal">
/// The name to send when Unity Catalog has none stored for it: an e-mail, an application id, or an account group in its
/// own case.
/// </param>
/// <param name="Privilege">Upper case with underscores.</param>
/// <param name="PolicyId">The policy that asks for it; null when no single one does.</param>
/// <param name="PolicyName">That policy's name.</param>
/// <param name="SpelledAs">The principal as the policy spells it, for gaps; null when that is <paramref name="Principal"/>.</param>
public sealed record DesiredGrant(
    string Principal, string Privilege, long? PolicyId, string? PolicyName, string? SpelledAs = null);
