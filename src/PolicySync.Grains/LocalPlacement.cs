using Orleans.Runtime.Placement;

namespace PolicySync.Grains;

/// <summary>
/// Asks Orleans to activate a grain on the calling silo, which has room for its task. The request concerns grains that are not
/// active anywhere. Source: Orleans, <c>IPlacementDirector.PlacementHintKey</c>.
/// </summary>
internal static class LocalPlacement
{
    /// <summary>Requests it for the calls of the present method and of the methods that it calls.</summary>
    public static void Request(ILocalSiloDetails silo) => RequestContext.Set(IPlacementDirector.PlacementHintKey, silo.SiloAddress);

    /// <summary>Withdraws the request, which would otherwise travel on with every further call.</summary>
    public static void Clear() => RequestContext.Remove(IPlacementDirector.PlacementHintKey);
}
