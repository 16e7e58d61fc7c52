using System.Globalization;

namespace PolicySync.Core.Policies.Shrinking;

/// <summary>Finds what a version of the policies lost too much of.</summary>
internal static class PolicyLosses
{
    /// <summary>Largest number of losses in one message; one cause often shows in several counts.</summary>
    private const int MaxReported = 3;

    /// <summary>
    /// The losses, each as <c>tags: 0 resources with tags where version 7 held 12</c>; null when nothing is over its
    /// limit. Counts that are new, or no longer relevant, are not compared.
    /// </summary>
    public static string? Between(PolicyBaseline last, PolicyCounts now)
    {
        var losses = PolicyMeasure.Everything.SelectMany(measure => Of(measure, last.Counts, now))
            .Select(loss => string.Create(CultureInfo.InvariantCulture, $"{loss.Part}: {loss.Now} {loss.What} where version {last.Version} held {loss.Before}"))
            .ToList();
        return losses.Count == 0 ? null
            : string.Join("; ", losses.Take(MaxReported)) + (losses.Count > MaxReported ? $"; and {losses.Count - MaxReported} more" : "");
    }

    private static IEnumerable<(string Part, string What, long Before, long Now)> Of(PolicyMeasure measure, PolicyCounts before, PolicyCounts now)
    {
        foreach (var (key, held) in before.All.Where(pair => IsOf(pair.Key, measure)))
        {
            if (now.Of(key) is { } left && measure.IsTooMuch(held, left + Removed(key, before, now)))
            {
                yield return (measure.Part, string.Format(CultureInfo.InvariantCulture, measure.What, key[measure.Key.Length..]), held, left);
            }
        }
    }

    private static bool IsOf(string key, PolicyMeasure measure) => measure.Key.EndsWith('/')
        ? key.StartsWith(measure.Key, StringComparison.Ordinal)
        : string.Equals(key, measure.Key, StringComparison.Ordinal);

    // A restriction that the definition disables is a loss of the definition only while the policy still has it.
    private static long Removed(string key, PolicyCounts before, PolicyCounts now)
    {
        if (!key.EndsWith(RestrictionCounts.InForce, StringComparison.Ordinal))
        {
            return 0;
        }

        var written = key[..^RestrictionCounts.InForce.Length];
        return Math.Max(0, (before.Of(written) ?? 0) - (now.Of(written) ?? 0));
    }
}
