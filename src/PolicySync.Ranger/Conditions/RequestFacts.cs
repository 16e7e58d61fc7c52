namespace PolicySync.Ranger;

/// <summary>What a request says besides who wants what. Grants have none of it, so their conditions stay unknown.</summary>
internal sealed class RequestFacts
{
    /// <summary>Attributes of the request, by name.</summary>
    public required IReadOnlyDictionary<string, string> Context { get; init; }
}
