using Orleans.Runtime.Placement;

namespace PolicySync.Grains;

/// <summary>
/// Asks that a grain that is nowhere yet comes to life on the calling silo: what a silo has room for, it takes itself.
/// Source: Orleans, <c>IPlacementDirector.PlacementHintKey</c>.
/// </summary>
internal static class Here
{
    /// <summary>From now on, in this method and what it calls.</summary>
    public static void Ask(ILocalSiloDetails silo) => RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);

    /// <summary>Keeps what was asked from being asked of others: it travels with each call.</summary>
    public static void Forget() => RequestContext.Remove(IPlacementDirector.PlacementHintKey);
}
