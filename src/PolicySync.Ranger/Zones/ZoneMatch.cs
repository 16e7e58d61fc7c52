using PolicySync.Ranger.Evaluation;

namespace PolicySync.Ranger.Zones;

/// <summary>One set of resources of a security zone, and how it relates to a resource.</summary>
/// <param name="Zone">The zone's name.</param>
/// <param name="Set">The resources.</param>
public sealed record ZoneMatch(string Zone, MatchedResourceSet Set);
