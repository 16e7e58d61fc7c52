using PolicySync.Host.Api.Problems;

namespace PolicySync.Host.Api;

/// <summary>Checks the names of query parameters.</summary>
internal static class QueryNames
{
    /// <summary>A fault for each parameter that is not among <paramref name="known"/>.</summary>
    public static IEnumerable<Fault> Unknown(IQueryCollection query, IReadOnlyList<string> known)
    {
        foreach (var name in query.Keys.Where(name => !known.Contains(name, StringComparer.Ordinal)).Take(FaultList.Max))
        {
            yield return new Fault(
                NearMiss.Of(name, known) is { } meant ? $"is not a parameter of this address; send `{meant}`"
                : known.Count == 0 ? "is not a parameter of this address, which has none"
                : $"is not a parameter of this address; it has {string.Join(", ", known)}",
                Parameter: name);
        }
    }
}
