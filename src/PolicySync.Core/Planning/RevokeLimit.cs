namespace PolicySync.Core.Planning;

/// <summary>
/// Compares what a plan revokes with what is granted now, so that a faulty policy set does not lock everyone out
/// (specification §4).
/// </summary>
/// <param name="Revokes">
/// (principal, privilege) pairs to be revoked; before a container's children, those after them included.
/// </param>
/// <param name="ManagedPairs">Managed pairs that are granted on the securable now.</param>
/// <param name="IsTripped">True when nothing of the plan may be written.</param>
public sealed record RevokeLimit(int Revokes, int ManagedPairs, bool IsTripped)
{
    /// <summary>With fewer pairs a share says little, and the limit does not apply.</summary>
    public const int LeastPairs = 10;

    internal static RevokeLimit Weigh(int revokes, int managedPairs, double maxShare, bool isOff) => new(
        revokes,
        managedPairs,
        // Decimal, so that 3 of 10 is not more than a share of 0.3.
        !isOff && maxShare < 1 && managedPairs >= LeastPairs && revokes > (decimal)maxShare * managedPairs);
}
